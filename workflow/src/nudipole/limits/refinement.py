"""More masses for the edges of a stored surface where they bend, so that straight lines between points hold."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from math import log10, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import Akima1DInterpolator

from nudipole.limits.crossings import FLOOR, Excess, excesses

Array = NDArray[np.float64]
Ranges = tuple[Excess, ...]

STRAIGHT_DEX = 0.003
"""An edge this close to the straight line between its neighbours needs no point there."""
HALVINGS, END_HALVINGS = 3, 10
"""Of an interval between given masses at most: where an edge bends, and where one begins or ends."""

Points = list[tuple[float, Ranges]]


def refined_ranges(M_N_MeV: Array, mu_nu_muB: Array, ratio: Array) -> tuple[Array, list[Ranges]]:
    """Return masses and the ranges of mu in which ratio exceeds 1 at each; ratio has shape (masses, moments).

    The computed masses stay. Between them ln(ratio) is interpolated in ln M at fixed mu (modified Akima, which does
    not ring at the end of a reaction), and an interval is halved as long as an edge bends in it. The surface is smooth
    where its contour turns, so this is ten times closer to the exact edges than a line between the computed ones.
    """
    known = [excesses(mu_nu_muB, row) for row in ratio]
    if len(M_N_MeV) < 3:
        return M_N_MeV, known
    x = np.log(M_N_MeV)
    surface = Akima1DInterpolator(x, np.log(np.maximum(ratio, FLOOR)), axis=0, method="makima")
    points = refined(
        list(zip(map(float, M_N_MeV), known)), lambda mass: excesses(mu_nu_muB, np.exp(surface(np.log(mass))))
    )
    return np.array([mass for mass, _ in points]), [ranges for _, ranges in points]


def refined_masses(M_N_MeV: Array, floor_muB: Callable[[float], float], mu_nu_max_muB: float) -> Array:
    """Return masses with more of them where a floor bends or leaves the grid, for a floor that can be computed."""

    def at(mass: float) -> Ranges:
        floor = floor_muB(mass)
        return (Excess(floor, mu_nu_max_muB, False, True),) if floor <= mu_nu_max_muB else ()

    points = refined([(mass, at(mass)) for mass in map(float, M_N_MeV)], at)
    return np.array([mass for mass, _ in points])


def refined(points: Points, at: Callable[[float], Ranges]) -> Points:
    """Return the points with more between them, at the masses where straight lines in log-log would miss an edge."""
    found: Points = []
    for left, right in pairwise(points):
        found += [left, *_between(at, left, right, 0)]
    return [*found, points[-1]]


def _between(
    at: Callable[[float], Ranges], left: tuple[float, Ranges], right: tuple[float, Ranges], halvings: int
) -> Iterator[tuple[float, Ranges]]:
    if halvings >= (HALVINGS if len(left[1]) == len(right[1]) else END_HALVINGS):
        return
    middle = sqrt(left[0] * right[0])
    ranges = at(middle)
    if _is_straight(left[1], ranges, right[1]):
        return
    yield from _between(at, left, (middle, ranges), halvings + 1)
    yield middle, ranges
    yield from _between(at, (middle, ranges), right, halvings + 1)


def _is_straight(left: Ranges, middle: Ranges, right: Ranges) -> bool:
    """Tell whether every edge in the middle is that of the line between its neighbours."""
    if not len(left) == len(middle) == len(right):
        return False
    for one, here, other in zip(left, middle, right, strict=True):
        for name in ("low_muB", "high_muB"):
            ends, value = (getattr(one, name), getattr(other, name)), getattr(here, name)
            if abs(log10(value) - 0.5 * (log10(ends[0]) + log10(ends[1]))) > STRAIGHT_DEX:
                return False
    return True
