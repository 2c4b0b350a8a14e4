"""The typed form of a validated configuration: one frozen dataclass a section."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nudipole.likelihood.intervals import IntervalKind


@dataclass(frozen=True)
class Grid:
    """The (M_N, mu_nu) plane."""

    M_N_min_MeV: float
    M_N_max_MeV: float
    M_N_points: int
    mu_nu_min_muB: float
    mu_nu_max_muB: float
    mu_nu_points: int

    def M_N_MeV(self) -> NDArray[np.float64]:
        """Return the masses, logarithmically spaced, ends included exactly."""
        return log_grid(self.M_N_min_MeV, self.M_N_max_MeV, self.M_N_points)

    def mu_nu_muB(self) -> NDArray[np.float64]:
        """Return the moments, logarithmically spaced, ends included exactly."""
        return log_grid(self.mu_nu_min_muB, self.mu_nu_max_muB, self.mu_nu_points)


def log_grid(low: float, high: float, points: int) -> NDArray[np.float64]:
    """Return logarithmically spaced values, ends included exactly."""
    values = np.exp(np.linspace(np.log(low), np.log(high), int(points)))
    values[0], values[-1] = low, high
    return values


@dataclass(frozen=True)
class SolarConfig:
    """Fluxes and flavour conversion; the overrides are single mixing parameters, null for the fit's own."""

    model: str
    oscillation: str
    oscillation_overrides: Mapping[str, float | None]


@dataclass(frozen=True)
class StatisticsConfig:
    """How limits are read off a likelihood."""

    confidence_level: float
    interval: IntervalKind
    power_constraint: bool
    toys: int
    calibration_points: int
    flux_nuisances: bool
    flux_correlations: str | None
    luminosity_constraint: bool
    region_confidence_levels: tuple[float, ...]
    region_parameters: int


def grid_config(config: Mapping[str, Any]) -> Grid:
    """Return the grid section."""
    return Grid(**config["grid"])


def solar_config(config: Mapping[str, Any]) -> SolarConfig:
    """Return the solar section."""
    return SolarConfig(**config["solar"])


def statistics_config(config: Mapping[str, Any]) -> StatisticsConfig:
    """Return the statistics section."""
    section = config["statistics"]
    return StatisticsConfig(
        confidence_level=section["confidence_level"],
        interval=IntervalKind(section["interval"]),
        power_constraint=section["power_constraint"],
        toys=section["toys"],
        calibration_points=section["calibration_points"],
        flux_nuisances=section["flux_nuisances"],
        flux_correlations=section["flux_correlations"],
        luminosity_constraint=section["luminosity_constraint"],
        region_confidence_levels=tuple(section["region_confidence_levels"]),
        region_parameters=section["region_parameters"],
    )
