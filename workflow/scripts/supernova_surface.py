"""Supernova: all bounds of one variant over the plane."""

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.config.model import grid_config
from nudipole.constraints.supernova_inputs import CITATIONS, supernova_config
from nudipole.constraints.supernova_model import Model, bounds_of
from nudipole.constraints.supernova_surface import UNITS, surface_frame
from nudipole.data.profile import read_profile
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake

log = logging.getLogger("nudipole")


def work(snakemake: "Snakemake") -> None:
    config, variant = snakemake.params.config, snakemake.wildcards.variant
    typed = supernova_config(config)
    table = read_profile(Path(snakemake.input[0])) if typed.profile_table is not None else None
    start = time.perf_counter()

    def progress(done: int, of: int) -> None:
        if done % 10 == 0 or done == of:
            log.info("%d of %d masses, %.1f s", done, of, time.perf_counter() - start)

    bounds, flavours = bounds_of(variant), tuple(config["flavours"])
    frame = surface_frame(Model(typed, table), variant, bounds, grid_config(config), flavours, progress)
    write_table(frame, Path(snakemake.output[0]), table_info(snakemake, f"Supernova, {variant}", UNITS, CITATIONS))


run_job(snakemake, work)
