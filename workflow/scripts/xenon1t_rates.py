"""XENON1T: expected signal events per bin."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.constraints.xenon1t_curves import rates_frame, rates_units
from nudipole.constraints.xenon1t_job import constraint_of_job
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    constraint = constraint_of_job(snakemake)
    info = table_info(snakemake, "XENON1T signal events per bin for mu_nu = 1 mu_B", rates_units())
    frame = rates_frame(constraint, tuple(snakemake.params.config["flavours"]))
    write_table(frame, Path(snakemake.output[0]), info)


run_job(snakemake, work)
