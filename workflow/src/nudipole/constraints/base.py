"""The interface of a constraint: what it says at one point, at one mass, and over the whole plane."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import log10
from typing import Protocol

import pandas as pd

from nudipole.errors import DomainError
from nudipole.limits.table import Status
from nudipole.sources.msw import ALL_MODES

TableSource = Callable[[str], pd.DataFrame]
"""Gives the table of a dataset by its name in the catalogue."""


class Verdict(StrEnum):
    """What a constraint says of a point."""

    EXCLUDED = "excluded"
    ALLOWED = "allowed"
    PREFERRED = "preferred"
    INSENSITIVE = "insensitive"
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
    """Raise DomainError unless the mass and moment are positive and finite and the flavour is known."""
    for name, value in (("M_N_MeV", M_N_MeV), ("mu_nu_muB", mu_nu_muB)):
        if not 0.0 < value < float("inf"):
            raise DomainError(f"{name} must be positive and finite, got {value}")
    if flavour not in ALL_MODES:
        raise DomainError(f"flavour must be one of {', '.join(ALL_MODES)}, got {flavour!r}")


def above_floor(mu_nu_muB: float, floor_muB: float) -> tuple[Verdict, float]:
    """Return verdict and margin where everything above one moment is excluded."""
    margin = log10(mu_nu_muB / floor_muB)
    return (Verdict.EXCLUDED if margin > 0.0 else Verdict.ALLOWED), margin
