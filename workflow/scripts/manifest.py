"""List every result with its checksum, and what it was made from."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.provenance.job import PROJECT, run_job
from nudipole.provenance.manifest import manifest_of
from nudipole.provenance.tables import check_made_from, write_text

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    params = snakemake.params
    manifest = manifest_of(PROJECT, params.config, params.inputs, map(Path, map(str, snakemake.input)))
    check_made_from(manifest["results_sha256"])
    write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", Path(snakemake.output[0]))


run_job(snakemake, work)
