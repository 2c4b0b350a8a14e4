"""The computed limits as a HEPData submission."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.exports.archive import write_submission
from nudipole.exports.job import export_of_job
from nudipole.provenance.job import log, run_job

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    export = export_of_job(snakemake)
    figures = dict(zip(snakemake.params.flavours, map(Path, snakemake.input.figures), strict=True))
    references = Path(snakemake.input.references).read_text(encoding="utf-8")
    count = write_submission(export.limits, export.provenance, figures, references, Path(snakemake.output[0]))
    log.info("%d tables, accepted by hepdata-validator", count)


run_job(snakemake, work)
