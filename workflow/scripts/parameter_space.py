"""The parameter-space figure of one coupling."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.plotting.parameter_space import draw_parameter_space
from nudipole.plotting.save import save_figure
from nudipole.provenance.job import input_digests, run_job
from nudipole.provenance.tables import read_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    limits, sources = read_table(Path(snakemake.input.limits)), read_table(Path(snakemake.input.sources[0]))
    figure = draw_parameter_space(limits, sources, snakemake.wildcards.flavour, snakemake.params.config["figures"])
    digests = input_digests(snakemake)
    for path in snakemake.output:
        save_figure(figure, Path(path), f"Neutrino dipole portal, {snakemake.wildcards.flavour}", digests)


run_job(snakemake, work)
