"""Cosmology: limits from nucleosynthesis and from N_eff."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.constraints.cosmology_curves import curves
from nudipole.constraints.cosmology_job import config_of_job, standard_points
from nudipole.limits.table import UNITS, curves_frame
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    flavours = tuple(snakemake.params.config["flavours"])
    surfaces = read_table(Path(snakemake.input.surfaces))
    frame = curves_frame(curves(config_of_job(snakemake), surfaces, standard_points(snakemake), flavours))
    info = table_info(snakemake, "Limits from nucleosynthesis and from N_eff", UNITS)
    write_table(frame, Path(snakemake.output[0]), info)


run_job(snakemake, work)
