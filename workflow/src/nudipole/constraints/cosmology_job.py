"""The early universe from the files and parameters of a workflow job."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nudipole.config.model import grid_config, log_grid
from nudipole.constraints.cosmology_inputs import CosmologyConfig, cosmology_config
from nudipole.constraints.cosmology_universe import Universe, universe
from nudipole.cosmology.point import Point
from nudipole.provenance.tables import read_table

if TYPE_CHECKING:
    from snakemake.iocontainers import Snakemake

Array = NDArray[np.float64]


def config_of_job(snakemake: "Snakemake") -> CosmologyConfig:
    """Return the typed cosmology section of a job."""
    return cosmology_config(snakemake.params.config)


def universe_of_job(snakemake: "Snakemake", label: str) -> Universe:
    """Return the universe of the initial state of a job that has a label."""
    config = config_of_job(snakemake)
    paths = {Path(path).stem: Path(path) for path in snakemake.input}
    (scenario,) = (each for each in config.scenarios if each.label == label)
    return universe(config, scenario, lambda name: read_table(paths[name]))


def standard_points(snakemake: "Snakemake") -> dict[str, Point]:
    """Return the point without N of every initial state, by its label."""
    labels = (scenario.label for scenario in config_of_job(snakemake).scenarios)
    return {label: universe_of_job(snakemake, label).standard() for label in labels}


def _axes(snakemake: "Snakemake") -> tuple[Array, Array]:
    """Return masses and moments of the surface that the job's wildcard names."""
    section, grid = snakemake.params.config["cosmology"], grid_config(snakemake.params.config)
    first = config_of_job(snakemake).scenarios[0].label == snakemake.wildcards.scenario
    prefix = "" if first else "family_"
    return (
        log_grid(grid.M_N_min_MeV, grid.M_N_max_MeV, section[f"{prefix}M_N_points"]),
        log_grid(grid.mu_nu_min_muB, grid.mu_nu_max_muB, section[f"{prefix}mu_nu_points"]),
    )


def masses_of_job(snakemake: "Snakemake") -> Array:
    """Return the masses of the job's part of the surface."""
    part, parts = int(snakemake.wildcards.part), int(snakemake.params.parts)
    return np.array_split(_axes(snakemake)[0], parts)[part]


def moments_of_job(snakemake: "Snakemake") -> Array:
    """Return all moments of the surface."""
    return _axes(snakemake)[1]
