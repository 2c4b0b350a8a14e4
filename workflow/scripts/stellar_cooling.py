"""Stellar cooling: energy loss and limits."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.constraints.stellar import COOLING_UNITS, build, cooling_frame, curves
from nudipole.limits.table import UNITS, curves_frame
from nudipole.provenance.job import run_job, table_info
from nudipole.provenance.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    constraint = build(snakemake.params.config)
    citations = constraint.citations
    info = table_info(
        snakemake, f"Energy loss of the {constraint.star.name} by plasmon decay", COOLING_UNITS, citations
    )
    write_table(cooling_frame(constraint), Path(snakemake.output.cooling), info)
    frame = curves_frame(curves(constraint, tuple(snakemake.params.config["flavours"])))
    limits_info = table_info(snakemake, "Limits from stellar cooling", UNITS, citations)
    write_table(frame, Path(snakemake.output.limits), limits_info)


run_job(snakemake, work)
