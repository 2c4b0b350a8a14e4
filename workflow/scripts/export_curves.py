"""Every curve as CSV, and a list of the files."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.exports.curves import curve_files, index_text
from nudipole.exports.job import export_of_job
from nudipole.provenance.job import log, run_job
from nudipole.provenance.tables import write_text

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    export, folder = export_of_job(snakemake), Path(snakemake.output[0])
    files = curve_files(export.limits, export.cited, export.provenance)
    for file in files:
        write_text(file.text, folder / file.name)
    write_text(index_text(files), folder / "index.csv")
    log.info("%d files of curves", len(files))


run_job(snakemake, work)
