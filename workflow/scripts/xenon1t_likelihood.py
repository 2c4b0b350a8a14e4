"""XENON1T: profile likelihood on the grid, for the default variant."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.constraints.xenon1t_curves import surface_frame, surface_units
from nudipole.constraints.xenon1t_job import constraint_of_job
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    constraint = constraint_of_job(snakemake)
    data = constraint.data[constraint.default_variant]
    rates = read_table(Path(snakemake.input[0]))
    frame = surface_frame(rates, data, constraint.flux_width, constraint.grid.mu_nu_muB())
    title = f"XENON1T Delta(-2lnL), variant {constraint.default_variant}"
    write_table(frame, Path(snakemake.output[0]), table_info(snakemake, title, surface_units(data)))


run_job(snakemake, work)
