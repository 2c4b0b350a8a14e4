"""Supernova: the edges of all bounds and variants, and their surfaces in one table."""

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.config.load import with_variant
from nudipole.constraints.supernova import curves
from nudipole.constraints.supernova_inputs import CITATIONS, supernova_config
from nudipole.constraints.supernova_surface import UNITS
from nudipole.limits.table import UNITS as LIMIT_UNITS
from nudipole.limits.table import curves_frame
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    surfaces, found = [], []
    for path, variant in zip(snakemake.input, snakemake.params.variants.values(), strict=True):
        surface = read_table(Path(path))
        surfaces.append(surface)
        found += curves(supernova_config(with_variant(snakemake.params.config, variant)), surface, variant)
    table = pd.concat(surfaces, ignore_index=True)
    title = "What each bound from a supernova limits, over its limit"
    write_table(table, Path(snakemake.output.surface), table_info(snakemake, title, UNITS, CITATIONS))
    info = table_info(snakemake, "Limits from supernovae", LIMIT_UNITS, CITATIONS)
    write_table(curves_frame(found), Path(snakemake.output.limits), info)


run_job(snakemake, work)
