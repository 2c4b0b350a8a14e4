"""List every result with its checksum, and what it was made from."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from nudipole import __version__
from nudipole.provenance.digest import config_digest, file_sha256, files_of
from nudipole.provenance.job import run_job
from nudipole.provenance.tables import write_text

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    files = sorted({str(file) for path in snakemake.input for file in files_of(Path(path))})
    manifest = {
        "package_version": __version__,
        "config": snakemake.params.config,
        "config_digest": config_digest(snakemake.params.config),
        "requirements_sha256": file_sha256(Path(snakemake.params.lock)),
        "inputs_sha256": dict(sorted(snakemake.params.inputs.items())),
        "results_sha256": {name: file_sha256(Path(name)) for name in files},
    }
    write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", Path(snakemake.output[0]))


run_job(snakemake, work)
