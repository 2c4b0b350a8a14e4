"""The moment a scalar leptoquark gives over its mass and couplings, as a table."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.models.leptoquark_table import CITATIONS, UNITS, leptoquark_table
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    title = "Moment from a scalar leptoquark, and Dirac mass for a logarithm of 1"
    info = table_info(snakemake, title, UNITS, CITATIONS)
    table = leptoquark_table(snakemake.params.config["models"]["leptoquark"])
    write_table(table, Path(snakemake.output[0]), info)


run_job(snakemake, work)
