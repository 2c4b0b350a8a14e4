"""All curves of a set-up in one table."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.limits.table import UNITS, check_limits
from nudipole.provenance.job import log, run_job, table_info
from nudipole.provenance.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    paths = [Path(path) for path in snakemake.input]
    frame = pd.concat([read_table(path) for path in paths], ignore_index=True)
    check_limits(frame)
    info = table_info(snakemake, "Limits on the neutrino dipole portal", UNITS)
    write_table(frame, Path(snakemake.output[0]), info)
    log.info("%d points of %d constraints", len(frame), frame["constraint"].nunique())


run_job(snakemake, work)
