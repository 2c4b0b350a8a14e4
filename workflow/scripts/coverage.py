"""Toy experiments of one detector: coverage of its intervals, expected limits, and their picture."""

from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.constraints.detector_coverage import COVERAGE_UNITS, EXPECTED_UNITS, coverage_tables
from nudipole.constraints.detector_job import constraint_of_job
from nudipole.plotting.coverage import draw_coverage
from nudipole.plotting.save import save_figure
from nudipole.provenance.job import input_digests, run_job, table_info
from nudipole.provenance.tables import write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

    snakemake: Snakemake


def work(snakemake: "Snakemake") -> None:
    constraint = constraint_of_job(snakemake)
    config, label = snakemake.params.config, constraint.experiment.label
    chosen = snakemake.params.coverage
    flavour = "mu" if "mu" in config["flavours"] else config["flavours"][0]
    coverage, expected = coverage_tables(constraint, flavour, chosen["M_N_points"], chosen["toys"])
    for frame, words, units, path in (
        (coverage, "coverage of intervals", COVERAGE_UNITS, snakemake.output.coverage),
        (expected, "expected limits", EXPECTED_UNITS, snakemake.output.expected),
    ):
        info = table_info(snakemake, f"{label}: {words}", units, constraint.experiment.citation)
        write_table(frame, Path(path), info)
    figure = draw_coverage(coverage, expected, label)
    for path in (Path(snakemake.output.png), Path(snakemake.output.pdf)):
        save_figure(figure, path, f"Neutrino dipole portal, {label}, coverage", input_digests(snakemake))


run_job(snakemake, work)
