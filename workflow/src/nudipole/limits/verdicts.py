"""What the curves of one constraint say of a point: verdict and margin, from floors, ceilings and preferred edges.

The explorer's page does the same in `explorer/verdicts.js`; a test holds the two together. Both agree with
`nudipole evaluate`, which asks the constraint itself, up to the interpolation between the masses of a curve.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.limits.table import Edge, Status

Array = NDArray[np.float64]
Interval = tuple[float, float]

EXCLUDED, PREFERRED, ALLOWED, INSENSITIVE = "excluded", "preferred", "allowed", "insensitive"


@dataclass(frozen=True)
class Branch:
    """One branch of an edge: log10 of mass [MeV] in rising order, and of moment [mu_B].

    A moment of +inf or -inf stands for an edge above or below the grid.
    """

    edge: Edge
    log10_M_N: Array
    log10_mu_nu: Array


@dataclass(frozen=True)
class PointVerdict:
    """What is said of a point; margin_dex is the distance to the nearest edge in log10 mu, positive where excluded."""

    verdict: str
    margin_dex: float | None


def branches_of(rows: pd.DataFrame) -> list[Branch]:
    """Return the branches of the rows of one constraint, variant, flavour and confidence level."""
    found = []
    for (edge, _), branch in rows.groupby(["edge", "branch"], sort=True):
        ordered = branch.sort_values("M_N_MeV", kind="stable")
        status = ordered["status"]
        moments = np.log10(ordered["mu_nu_muB"].to_numpy(np.float64))
        moments = np.where(status == str(Status.OFF_GRID_HIGH), inf, moments)
        moments = np.where(status == str(Status.OFF_GRID_LOW), -inf, moments)
        found.append(Branch(Edge(str(edge)), np.log10(ordered["M_N_MeV"].to_numpy(np.float64)), moments))
    return found


def verdict_at(branches: Iterable[Branch], M_N_MeV: float, mu_nu_muB: float) -> PointVerdict:
    """Return verdict and margin at a point.

    At its mass floors open and ceilings close the excluded ranges; everything above the last floor is excluded if no
    ceiling follows. `insensitive` means that nothing on the grid is excluded at this mass.
    """
    y, at = float(np.log10(mu_nu_muB)), edges_at(branches, M_N_MeV)
    ranges = excluded_ranges(at)
    if any(low <= y <= high for low, high in _preferred(at)):
        return PointVerdict(PREFERRED, _margin(ranges, y))
    if not ranges:
        return PointVerdict(INSENSITIVE, None)
    inside = any(low < y < high for low, high in ranges)
    return PointVerdict(EXCLUDED if inside else ALLOWED, _margin(ranges, y))


def edges_at(branches: Iterable[Branch], M_N_MeV: float) -> list[tuple[Edge, float]]:
    """Return the edges at a mass, with log10 mu of each."""
    x = float(np.log10(M_N_MeV))
    return [(branch.edge, value) for branch in branches for value in _values_at(branch, x)]


def excluded_ranges(edges: Iterable[tuple[Edge, float]]) -> list[Interval]:
    """Return the excluded ranges of log10 mu at one mass, in order; infinite ends lie beyond the grid."""
    kinds = {Edge.FLOOR: 0, Edge.CEILING: 1}
    events = sorted((value, kinds[edge]) for edge, value in edges if edge in kinds)
    found: list[Interval] = []
    low: float | None = None
    if events and events[0][1] == kinds[Edge.CEILING] and events[0][0] > -inf:
        low = -inf
    for value, kind in events:
        if kind == kinds[Edge.FLOOR]:
            low = value if low is None else low
        elif low is not None:
            found.append((low, value))
            low = None
    if low is not None:
        found.append((low, inf))
    return [(low, high) for low, high in found if low < high and low < inf and high > -inf]


def _preferred(edges: Iterable[tuple[Edge, float]]) -> Iterator[Interval]:
    """Yield the preferred ranges: the n-th lower edge belongs to the n-th upper one."""
    lists = {Edge.PREFERRED_LOW: [], Edge.PREFERRED_HIGH: []}  # type: dict[Edge, list[float]]
    for edge, value in edges:
        if edge in lists:
            lists[edge].append(value)
    yield from zip(sorted(lists[Edge.PREFERRED_LOW]), sorted(lists[Edge.PREFERRED_HIGH]))


def _values_at(branch: Branch, x: float) -> Iterator[float]:
    """Yield the moment of a branch at a mass, none outside its masses.

    Between a point on the grid and one beyond it nothing is known of where the edge leaves the grid; the nearer of
    the two counts.
    """
    masses, moments = branch.log10_M_N, branch.log10_mu_nu
    if not masses[0] <= x <= masses[-1]:
        return
    if len(masses) == 1:
        yield float(moments[0])
        return
    k = min(max(int(np.searchsorted(masses, x, side="right")) - 1, 0), len(masses) - 2)
    width = masses[k + 1] - masses[k]
    share = (x - masses[k]) / width if width > 0.0 else 0.0
    if isfinite(moments[k]) and isfinite(moments[k + 1]):
        yield float(moments[k] + share * (moments[k + 1] - moments[k]))
    else:
        yield float(moments[k] if share < 0.5 else moments[k + 1])


def _margin(ranges: list[Interval], y: float) -> float | None:
    edges = [edge for pair in ranges for edge in pair if isfinite(edge)]
    if not edges:
        return None
    distance = min(abs(y - edge) for edge in edges)
    return distance if any(low < y < high for low, high in ranges) else -distance
