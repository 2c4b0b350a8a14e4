"""Cosmology: all surfaces in one table."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.cosmology.surface import UNITS
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_info, read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    parts = [Path(path) for path in snakemake.input]
    frame = pd.concat([read_table(path) for path in parts], ignore_index=True)
    info = table_info(snakemake, "Primordial abundances and N_eff on the (M_N, mu_nu) plane", UNITS)
    # the inputs of the parts and not the parts: their number is chance, and must not change the table
    inputs = {name: digest for path in parts for name, digest in read_info(path)["inputs_sha256"].items()}
    write_table(frame, Path(snakemake.output[0]), replace(info, inputs_sha256=dict(sorted(inputs.items()))))


run_job(snakemake, work)
