"""The moment a scalar leptoquark gives, as a table and as a figure with the limits at one mass of N."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.models.leptoquark_table import UNITS, leptoquark_table
from nudipole.plotting.leptoquark import draw_leptoquark
from nudipole.plotting.save import save_figure
from nudipole.plotting.style import style_of
from nudipole.provenance.job import input_digests, run_job, table_info
from nudipole.provenance.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    section, style = snakemake.params.config["models"]["leptoquark"], style_of(snakemake.params.config["style"])
    info = table_info(snakemake, "Moment and Dirac mass from a scalar leptoquark", UNITS)
    write_table(leptoquark_table(section), Path(snakemake.output.table), info)
    figure = draw_leptoquark(read_table(Path(snakemake.input[0])), section, style)
    for path in snakemake.output.figure:
        save_figure(figure, Path(path), "Leptoquark behind the moment", input_digests(snakemake), style.rc)


run_job(snakemake, work)
