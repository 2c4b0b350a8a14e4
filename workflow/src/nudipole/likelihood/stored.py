"""Profile likelihoods read back from a stored surface: -2 ln L between its moments, sums of them, and their crossings.

A surface has Delta(-2 ln L) at a few moments a decade. As a function of x = mu^2 the profile is close to a polynomial:
a cubic spline in x keeps to 0.05 % in the edges with ten moments a decade. Where a nuisance meets its bound (a
background that reaches zero) the second derivative jumps: the spline gets two knots there, so that it is continuous
only up to its first derivative. The place is where the stored nuisance, extrapolated in x, arrives at the bound.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline, PchipInterpolator, make_interp_spline
from scipy.optimize import brentq, minimize_scalar

from nudipole.likelihood.scan import BestFit

Array = NDArray[np.float64]

DEGREE = 3
FLAT = 1e-9
"""Range of -2 ln L below which a surface says that no signal is expected."""
OVERSHOOT = 0.03
"""In -2 ln L, a hundredth of the thresholds; beyond it a spline does not fit its points."""
FINE = 8
"""Steps between two stored moments in the search for the minimum and the crossings."""
EDGE_RTOL = 1e-10
MINIMUM_RTOL = 1e-5


def bound_crossings_muB2(x_muB2: Array, nuisances: Array) -> Array:
    """Return the x at which a nuisance meets or leaves a bound, sorted; nuisances (moments, k).

    A nuisance sits at its bound where it has the same value at consecutive moments; the way there is extrapolated as a
    line through its two nearest free values. At most one place is returned between two moments.
    """
    found = {}
    for theta in nuisances.T:
        for x, values, cells in ((x_muB2, theta, 1), (x_muB2[::-1], theta[::-1], -1)):
            for i in _arrivals(values):
                slope = (values[i] - values[i - 1]) / (x[i] - x[i - 1])
                place = x[i] + (values[i + 1] - values[i]) / slope
                if min(x[i], x[i + 1]) < place < max(x[i], x[i + 1]):
                    found[i if cells == 1 else len(x) - 2 - i] = float(place)
    return np.array([found[cell] for cell in sorted(found)])


def _arrivals(values: Array) -> Iterator[int]:
    """Yield the last free point before each stretch at a bound."""
    same = values[1:] == values[:-1]
    for i in range(1, len(values) - 2):
        if same[i + 1] and not same[i] and not same[i - 1]:
            yield i


@dataclass(frozen=True)
class Curve:
    """-2 ln L of one surface against mu^2: a spline, and in cells where it strays a curve that does not turn.

    Not below zero, since a surface counts from its minimum; beyond its last moment it stays as it was there.
    """

    x_muB2: Array
    smooth: BSpline
    monotone: PchipInterpolator
    strays: NDArray[np.bool_]

    def __call__(self, x_muB2: Array) -> Array:
        """Return -2 ln L at mu^2."""
        x = np.minimum(x_muB2, self.x_muB2[-1])
        values = self.smooth(x)
        strays = self.strays[np.clip(np.searchsorted(self.x_muB2, x) - 1, 0, len(self.strays) - 1)]
        if strays.any():
            values[strays] = self.monotone(x[strays])
        return np.maximum(values, 0.0)


def curve_of(x_muB2: Array, values: Array, nuisances: Array) -> Curve:
    """Return the curve through the values of one mass; nuisances (moments, k)."""
    spline = spline_of(x_muB2, values, bound_crossings_muB2(x_muB2, nuisances))
    return Curve(x_muB2, spline, PchipInterpolator(x_muB2, values), _strays(spline, x_muB2, values))


def spline_of(x: Array, values: Array, kinks: Array) -> BSpline:
    """Return the cubic spline through the values, with continuous slope but not curvature at the kinks.

    The two knots of a kink stand for those at the points on its sides, so that the number of knots stays.
    """
    knots = list(x[2:-2])
    for kink in kinks:
        cell = int(np.searchsorted(x, kink)) - 1
        sides = [float(x[cell]), float(x[cell + 1])]
        if all(side in knots for side in sides):
            knots = sorted([*(knot for knot in knots if knot not in sides), float(kink), float(kink)])
    ends = [float(x[0])] * (DEGREE + 1), [float(x[-1])] * (DEGREE + 1)
    return make_interp_spline(x, values, k=DEGREE, t=np.array([*ends[0], *knots, *ends[1]]))


def _strays(curve: BSpline, x: Array, values: Array) -> NDArray[np.bool_]:
    """Tell in which cells a curve leaves the range of the two values; beside the lowest one it may go below."""
    fine = curve(x[:-1, None] + np.diff(x)[:, None] * np.linspace(0.0, 1.0, FINE + 1))
    low, high = np.minimum(values[1:], values[:-1]), np.maximum(values[1:], values[:-1])
    beside = np.abs(np.arange(len(low)) + 0.5 - np.argmin(values)) < 1.0
    below = ~beside & (fine.min(axis=1) < low - OVERSHOOT)
    return np.asarray(below | (fine.max(axis=1) > high + OVERSHOOT))


@dataclass(frozen=True)
class Term:
    """weight * curve(stretch * mu^2)."""

    curve: Curve
    stretch: float = 1.0
    weight: float = 1.0

    def __call__(self, x_muB2: Array) -> Array:
        """Return -2 ln L at mu^2."""
        return self.weight * self.curve(self.stretch * x_muB2)


@dataclass(frozen=True)
class StoredProfile:
    """-2 ln L of independent experiments at one mass, added, with what `threshold_edges` asks of a profile.

    moments_muB2: the stored mu^2, between which minimum and crossings are searched for.
    """

    terms: tuple[Term, ...]
    moments_muB2: Array

    def __add__(self, other: "StoredProfile") -> "StoredProfile":
        """Return the sum, searched on the moments of both."""
        moments = np.unique(np.concatenate([self.moments_muB2, other.moments_muB2]))
        return StoredProfile((*self.terms, *other.terms), moments)

    def chi2(self, x_muB2: float) -> float:
        """Return -2 ln L, relative to what the surfaces are relative to."""
        return float(self._chi2(np.array([x_muB2]))[0])

    def _chi2(self, x_muB2: Array) -> Array:
        return np.asarray(sum(term(x_muB2) for term in self.terms))

    @cached_property
    def _search(self) -> tuple[Array, Array]:
        """Values of mu^2 from zero on, finer than the stored ones, and -2 ln L there."""
        mu, steps = np.sqrt(self.moments_muB2), len(self.moments_muB2) - 1
        x = np.interp(np.linspace(0.0, steps, FINE * steps + 1), np.arange(steps + 1.0), mu) ** 2
        x = np.concatenate([[0.0], x])
        return x, self._chi2(x)

    @property
    def is_sensitive(self) -> bool:
        """Whether the surfaces know of a signal at this mass."""
        return bool(np.ptp(self._search[1]) > FLAT)

    @property
    def is_lowest_at_end(self) -> bool:
        """Whether -2 ln L still falls at the largest stored moment."""
        return int(np.argmin(self._search[1])) == len(self._search[1]) - 1

    @cached_property
    def best_fit(self) -> BestFit:
        """Minimum over mu^2 >= 0 and up to the largest stored moment; the nuisances are not carried along."""
        x, chi2 = self._search
        k = int(np.argmin(chi2))
        best = BestFit(float(x[k]), float(chi2[k]), np.zeros(0))
        bounds = float(x[max(k - 1, 0)]), float(x[min(k + 1, len(x) - 1)])
        refined = minimize_scalar(self.chi2, bounds=bounds, method="bounded", options={"xatol": MINIMUM_RTOL * x[k]})
        return BestFit(float(refined.x), float(refined.fun), np.zeros(0)) if refined.fun < best.chi2 else best

    def upper_crossing_muB2(self, chi2_level: float) -> float:
        """Return mu^2 above the best fit where -2 ln L reaches the level; infinite if not up to the largest moment."""
        x, chi2 = self._search
        above = np.flatnonzero((x > self.best_fit.x_muB2) & (chi2 >= chi2_level))
        if not len(above):
            return inf
        inside = max(self.best_fit.x_muB2, float(x[above[0] - 1]))
        return self._crossing_muB2(chi2_level, inside, float(x[above[0]]))

    def lower_crossing_muB2(self, chi2_level: float) -> float | None:
        """Return mu^2 below the best fit where -2 ln L reaches the level; None if mu = 0 stays below it."""
        x, chi2 = self._search
        if chi2[0] <= chi2_level:
            return None
        last = np.flatnonzero((x < self.best_fit.x_muB2) & (chi2 >= chi2_level))[-1]
        return self._crossing_muB2(chi2_level, float(x[last]), min(self.best_fit.x_muB2, float(x[last + 1])))

    def _crossing_muB2(self, chi2_level: float, low_muB2: float, high_muB2: float) -> float:
        return float(brentq(lambda x: self.chi2(x) - chi2_level, low_muB2, high_muB2, xtol=1e-60, rtol=EDGE_RTOL))
