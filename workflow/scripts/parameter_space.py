"""The parameter-space figures of one coupling: in each size, and around the excess of XENON1T."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.limits.published import drawn_limits
from nudipole.plotting.parameter_space import draw_parameter_space
from nudipole.plotting.save import save_figure
from nudipole.plotting.style import style_of
from nudipole.provenance.job import input_digests, run_job
from nudipole.provenance.tables import read_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    limits, sources = read_table(Path(snakemake.input.limits)), read_table(Path(snakemake.input.sources))
    shown = drawn_limits(limits, sources)
    flavour, options = snakemake.wildcards.flavour, snakemake.params.config["figures"]
    style, digests = style_of(snakemake.params.config["style"]), input_digests(snakemake)
    zoomed = {**options, **options["zoom"]}
    for chosen, canvas, paths in (
        (options, "wide", snakemake.output.wide),
        (options, "column", snakemake.output.column),
        (zoomed, "wide", snakemake.output.zoom),
    ):
        figure = draw_parameter_space(shown, sources, flavour, chosen, style, canvas)
        for path in paths:
            save_figure(figure, Path(path), f"Neutrino dipole portal, {flavour}", digests, style.rc)


run_job(snakemake, work)
