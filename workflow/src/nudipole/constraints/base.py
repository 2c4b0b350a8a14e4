"""The interface of a constraint: what it says at one point, at one mass, and over the whole plane."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import log10
from typing import Protocol

import pandas as pd

from nudipole.config.model import Grid
from nudipole.errors import DomainError
from nudipole.flavours import ALL_MODES
from nudipole.limits.table import Status

TableSource = Callable[[str], pd.DataFrame]
"""Gives the table of a dataset by its name in the catalogue."""


M_N_LARGEST_MEV, MU_NU_LARGEST_MUB = 1e5, 1.0
"""The largest mass and moment a configured grid may have."""


class Verdict(StrEnum):
    """What a constraint says of a point."""

    EXCLUDED = "excluded"
    ALLOWED = "allowed"
    PREFERRED = "preferred"
    INSENSITIVE = "insensitive"
    """Nothing on the grid of moments is excluded at this mass."""
    UNSOLVED = "unsolved"


@dataclass(frozen=True)
class Range:
    """A range of mu [mu_B]; None stands for no end on the grid, as the status says."""

    low: float | None
    high: float | None
    low_status: Status
    high_status: Status


@dataclass(frozen=True)
class MassLimits:
    """Excluded and preferred ranges of mu at one mass."""

    constraint: str
    flavour: str
    M_N_MeV: float
    confidence_level: float
    statistic: str
    excluded: tuple[Range, ...]
    preferred: tuple[Range, ...]


@dataclass(frozen=True)
class Evaluation:
    """All quantities of a constraint at one point, with the verdict.

    margin_dex is log10 of the distance in mu to the nearest edge of the excluded range: positive inside it,
    negative outside; None where nothing is excluded at this mass.
    """

    constraint: str
    flavour: str
    M_N_MeV: float
    mu_nu_muB: float
    quantities: Mapping[str, float | None]
    units: Mapping[str, str]
    verdict: Verdict
    margin_dex: float | None


class Constraint(Protocol):
    """What the command line, the explorer and the workflow ask of a constraint."""

    def evaluate(self, M_N_MeV: float, mu_nu_muB: float, flavour: str) -> Evaluation:
        """Return every quantity at one point."""
        ...

    def limits(self, M_N_MeV: float, flavour: str) -> MassLimits:
        """Return the edges at one mass."""
        ...


def require_point(M_N_MeV: float, flavour: str, mu_nu_muB: float = 1.0) -> None:
    """Raise DomainError unless the mass and moment are positive and on the largest grid, and the flavour is known."""
    for name, value, largest in (("M_N_MeV", M_N_MeV, M_N_LARGEST_MEV), ("mu_nu_muB", mu_nu_muB, MU_NU_LARGEST_MUB)):
        if not 0.0 < value <= largest:
            raise DomainError(f"{name} must be positive and at most {largest:g}, got {value}")
    if flavour not in ALL_MODES:
        raise DomainError(f"flavour must be one of {', '.join(ALL_MODES)}, got {flavour!r}")


def range_on_grid(low_muB: float, high_muB: float, grid: Grid) -> tuple[Range, ...]:
    """Return the part of low < mu < high that lies on the grid, none if there is none; high may be infinite."""
    if low_muB > grid.mu_nu_max_muB or high_muB < grid.mu_nu_min_muB:
        return ()
    low, low_status = (low_muB, Status.OK) if low_muB >= grid.mu_nu_min_muB else (None, Status.OFF_GRID_LOW)
    high, high_status = (high_muB, Status.OK) if high_muB <= grid.mu_nu_max_muB else (None, Status.OFF_GRID_HIGH)
    return (Range(low, high, low_status, high_status),)


def above_floor(mu_nu_muB: float, floor_muB: float, grid: Grid) -> tuple[Verdict, float | None]:
    """Return verdict and margin where everything above one moment is excluded, which may be infinite.

    A floor above the grid excludes nothing on it; one below it has no edge there to measure from.
    """
    if floor_muB > grid.mu_nu_max_muB:
        return Verdict.INSENSITIVE, None
    if floor_muB < grid.mu_nu_min_muB:
        return Verdict.EXCLUDED, None
    margin = log10(mu_nu_muB / floor_muB)
    return (Verdict.EXCLUDED if margin > 0.0 else Verdict.ALLOWED), margin
