"""Published limits in the columns of the limits table."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.limits.published import published_curves
from nudipole.limits.table import UNITS, curves_frame
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    curves, limits, sources = (read_table(Path(path)) for path in snakemake.input)
    flavours = tuple(snakemake.params.config["flavours"])
    frame = curves_frame(published_curves(curves, limits, sources, flavours))
    info = table_info(snakemake, "Published limits on the dipole portal", UNITS)
    write_table(frame, Path(snakemake.output[0]), info)


run_job(snakemake, work)
