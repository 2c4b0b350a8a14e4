"""Cosmology: all surfaces in one table."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.cosmology.surface import UNITS
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    frame = pd.concat([read_table(Path(path)) for path in snakemake.input], ignore_index=True)
    title = "Primordial abundances and N_eff on the (M_N, mu_nu) plane"
    write_table(frame, Path(snakemake.output[0]), table_info(snakemake, title, UNITS))


run_job(snakemake, work)
