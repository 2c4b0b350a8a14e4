"""The check of the cosmology solver: an axion-like particle against the published limits."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.constraints.alp_check import UNITS, alp_edges_s, alp_frame, scores
from nudipole.constraints.cosmology_job import config_of_job
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake

log = logging.getLogger("nudipole")


def work(snakemake: "Snakemake") -> None:
    paths = {Path(path).stem: Path(path) for path in map(str, snakemake.input)}
    edges = alp_edges_s(config_of_job(snakemake), lambda name: read_table(paths[name]))
    frame = alp_frame(edges, read_table(paths["published_alp_limits"]))
    for row in scores(frame).itertuples():
        log.info(
            "%s, %s: median |log10 ratio| %.3f, largest %.3f at %d masses",
            row.initial, row.criterion, row.median, row.largest, row.masses,
        )  # fmt: skip
    title = "Axion-like particle: shortest excluded lifetime by criterion, against arXiv:2002.08370"
    write_table(frame, Path(snakemake.output[0]), table_info(snakemake, title, UNITS))


run_job(snakemake, work)
