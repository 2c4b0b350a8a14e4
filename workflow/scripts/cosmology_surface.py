"""Cosmology: one range of masses of one surface."""

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.constraints.cosmology_job import masses_of_job, moments_of_job, universe_of_job
from nudipole.cosmology.surface import UNITS, surface_frame
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake

log = logging.getLogger("nudipole")


def work(snakemake: "Snakemake") -> None:
    universe = universe_of_job(snakemake, snakemake.wildcards.scenario)
    start = time.perf_counter()

    def progress(done: int, of: int) -> None:
        log.info("%d of %d masses, %.0f s", done, of, time.perf_counter() - start)

    masses, moments = masses_of_job(snakemake), moments_of_job(snakemake)
    networks = tuple(universe.nucleosynthesis.networks)
    frame = surface_frame(masses, moments, universe.scenario.label, networks, universe.points, progress)
    unsolved = frame[~frame["status"].isin(["ok", "outlives_recombination"])]
    log.info("%d of %d rows unsolved: %s", len(unsolved), len(frame), unsolved["status"].value_counts().to_dict())
    title = f"Abundances and N_eff, initial state {universe.scenario.label}"
    write_table(frame, Path(snakemake.output[0]), table_info(snakemake, title, UNITS))


run_job(snakemake, work)
