"""XENON1T: limits, intervals and favoured regions."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.constraints.xenon1t_curves import curves
from nudipole.constraints.xenon1t_job import constraint_of_job
from nudipole.limits.table import UNITS, curves_frame
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    constraint = constraint_of_job(snakemake)
    frame = curves_frame(curves(constraint, tuple(snakemake.params.config["flavours"])))
    info = table_info(snakemake, "XENON1T limits and favoured regions", UNITS, ("arXiv:2006.09721",))
    write_table(frame, Path(snakemake.output[0]), info)


run_job(snakemake, work)
