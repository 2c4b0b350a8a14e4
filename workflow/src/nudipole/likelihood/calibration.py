"""Feldman-Cousins intervals: the threshold on q(mu^2) as a quantile from toys, its interpolation, and coverage.

The interval is {x >= 0 : q_obs(x) <= c(x)} with c(x) the quantile of q(x) when x and the nuisances that fit the
observed data best at x are true (Feldman and Cousins, PRD 57 (1998) 3873; the nuisances profiled as in Sen, Walker,
Woodroofe, Stat. Sinica 19 (2009) 301).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

from nudipole.likelihood.intervals import IntervalKind, threshold
from nudipole.likelihood.scan import SignalScan
from nudipole.likelihood.toys import require_generative, toy_statistics

Array = NDArray[np.float64]

RELATIVE_NODES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
"""mu over the asymptotic limit at which the threshold is calibrated: it rises from the one-sided to the two-sided
quantile within the first sigma of mu^2."""
N_TOYS = 20_000
"""Toys a node: the 90 % quantile of chi2 with one degree of freedom is then known to 0.034, which is 0.21 % in coverage
(sqrt(p (1 - p)/n))."""
EDGE_RTOL = 1e-9


def calibrated_thresholds(scan: SignalScan, x_grid_muB2: Array, level: float, n_toys: int, seed: int) -> Array:
    """Return the level-quantile of q at each mu^2, from toys with the nuisances that fit the observed data there."""
    x = np.asarray(x_grid_muB2, dtype=float)
    order = np.argsort(x)
    theta = np.empty((len(x), len(scan.nuisances.names)))
    theta[order] = scan.fits(x[order]).nuisances
    toys = (toy_statistics(seed + i, n_toys, float(x[i]), theta[i], scan) for i in range(len(x)))
    return np.array([np.quantile(q, level) for q in toys])


@dataclass(frozen=True)
class Threshold:
    """c(x) by monotone-shape interpolation in sqrt(x/x_limit), constant beyond its nodes."""

    x_limit_muB2: float
    nodes: Array
    values: Array

    def __call__(self, x_muB2: float) -> float:
        """Return the threshold on q at mu^2."""
        at = min(sqrt(x_muB2 / self.x_limit_muB2), float(self.nodes[-1]))
        return float(PchipInterpolator(self.nodes, self.values)(at))


@dataclass(frozen=True)
class Interval:
    """Edges in mu_B^2: the lower is None where mu = 0 belongs to it, the upper infinite where nothing is excluded."""

    lower_muB2: float | None
    upper_muB2: float


@dataclass(frozen=True)
class Coverage:
    """Fraction of experiments whose interval holds the truth, with its binomial error."""

    fraction: float
    error: float


def asymptotic_limit_muB2(scan: SignalScan, confidence_level: float) -> float:
    """Return the two-sided upper edge in mu_B^2; infinite without signal."""
    if not scan.is_sensitive:
        return inf
    return scan.upper_crossing_muB2(scan.best_fit.chi2 + threshold(confidence_level, IntervalKind.TWO_SIDED))


def calibrated_threshold(scan: SignalScan, level: float, n_toys: int = N_TOYS, seed: int = 1) -> Threshold:
    """Return c(x) between mu = 0 and twice the asymptotic two-sided limit, which must be finite."""
    x_limit = asymptotic_limit_muB2(scan, level)
    nodes = np.array(RELATIVE_NODES)
    return Threshold(x_limit, nodes, calibrated_thresholds(scan, x_limit * nodes**2, level, n_toys, seed))


def coverage(scan: SignalScan, x_muB2: float, thresholds: Callable[[float], float], n_toys: int, seed: int) -> Coverage:
    """Return how often {x : q(x) <= c(x)} holds the true mu^2, with the profiled nuisances there as the truth."""
    theta = scan.fits(np.array([x_muB2])).nuisances[0]
    fraction = float(np.mean(toy_statistics(seed, n_toys, x_muB2, theta, scan) <= thresholds(x_muB2)))
    return Coverage(fraction, sqrt(fraction * (1.0 - fraction) / n_toys))


def feldman_cousins(scan: SignalScan, level: float, n_toys: int = N_TOYS, seed: int = 1) -> Interval:
    """Return the interval in mu^2; nothing is excluded where there is no signal or its flux can be scaled away."""
    require_generative(scan)
    if not isfinite(asymptotic_limit_muB2(scan, level)):
        return Interval(None, inf)
    return interval_of(scan, calibrated_threshold(scan, level, n_toys, seed))


def interval_of(scan: SignalScan, thresholds: Threshold) -> Interval:
    """Return {x : q(x) <= c(x)} around the best fit."""
    best = scan.best_fit

    def excess(x_muB2: float) -> float:
        return scan.chi2(x_muB2) - best.chi2 - thresholds(x_muB2)

    # beyond the crossing of the largest threshold there is nothing left to find
    top = scan.upper_crossing_muB2(best.chi2 + 1.001 * float(thresholds.values.max()))
    upper = float(brentq(excess, best.x_muB2, top, xtol=1e-60, rtol=EDGE_RTOL)) if isfinite(top) else inf
    if best.x_muB2 == 0.0 or excess(0.0) <= 0.0:
        return Interval(None, upper)
    return Interval(float(brentq(excess, 0.0, best.x_muB2, xtol=1e-60, rtol=EDGE_RTOL)), upper)
