"""Scorecard, effective moments and configuration as pages of the report."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.provenance.job import run_job
from nudipole.provenance.tables import read_table, write_text
from nudipole.report.pages import configuration_page, table_page

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake

TITLES = {
    "scorecard": "Reference set-up against the curves of arXiv:2007.15563, Fig. 2",
    "effective_moments": "Limits on the effective moment of a light N, beside those of the collaborations",
}


def work(snakemake: "Snakemake") -> None:
    for name, path in snakemake.input.items():
        page = table_page(TITLES[name], read_table(Path(path)))
        write_text(page, Path(snakemake.output[name]))
    configuration = configuration_page("Configuration of this run", snakemake.params.config)
    write_text(configuration, Path(snakemake.output.configuration))


run_job(snakemake, work)
