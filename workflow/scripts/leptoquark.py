"""The figure of a scalar leptoquark: moments over its mass and couplings, with the limits at one mass of N."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.plotting.leptoquark import draw_leptoquark
from nudipole.plotting.save import save_figure
from nudipole.plotting.style import style_of
from nudipole.provenance.job import input_digests, run_job
from nudipole.provenance.tables import read_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    section, style = snakemake.params.config["models"]["leptoquark"], style_of(snakemake.params.config["style"])
    figure = draw_leptoquark(read_table(Path(snakemake.input[0])), section, style)
    for path in snakemake.output:
        save_figure(figure, Path(path), "Leptoquark behind the moment", input_digests(snakemake), style.rc)


run_job(snakemake, work)
