"""CL_s upper limits with asymptotic distributions, their expectation without signal, and power constraints.

    qtilde(x) = 0 if the best fit lies above x, else -2 ln L(x) above the minimum over x >= 0
    CL_s = p_(s+b)/(1 - p_b),    q_A(x) = qtilde(x) of the Asimov data of no signal = (x/sigma)^2

Cowan, Cranmer, Gross, Vitells, EPJC 71 (2011) 1554, arXiv:1007.1727: eqs. (62), (64) to (67) and (89); CL_s after Read,
J. Phys. G 28 (2002) 2693.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf, isfinite, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from nudipole.errors import DomainError
from nudipole.likelihood.cost import Cost
from nudipole.likelihood.intervals import IntervalKind, threshold
from nudipole.likelihood.scan import SignalScan
from nudipole.likelihood.toys import require_generative, toy_upper_limits_muB2

Array = NDArray[np.float64]

BAND_SIGMA = (-2.0, -1.0, 0.0, 1.0, 2.0)
"""Standard deviations of the expected limits."""
LIMIT_RTOL = 1e-9
FARTHEST = 1e6
"""Factor in mu^2 from the one-sided limit at which the search for the CL_s limit gives up."""


def asimov(scan: SignalScan) -> SignalScan:
    """Return the scan of data as expected without signal: counts and centres of the priors at the fit with mu = 0.

    With these data that fit is perfect. Bins around observed events (unbinned) have no expectation of their own to be
    replaced by: take wider ones. Raises DomainError for a tabulated likelihood.
    """
    require_generative(scan)
    theta = scan.fits(np.zeros(1)).nuisances[0]
    expected = scan.expected(0.0, theta)
    if scan.observation.kind is Cost.POISSON:
        expected = np.maximum(expected, 0.0)
    nuisances = replace(
        scan.nuisances, center=np.where(scan.nuisances.fixed, scan.nuisances.center, theta), start=theta
    )
    return replace(scan, observation=replace(scan.observation, counts=expected), nuisances=nuisances)


def cls_value(q: float, q_asimov: float) -> float:
    """Return CL_s for qtilde = q and q_A, both at the same mu^2 (eqs. 65 and 66 with mu' = mu and mu' = 0)."""
    root = sqrt(q_asimov)
    if q <= q_asimov:
        signal, background = sqrt(q), sqrt(q) - root
    else:
        signal, background = (q + q_asimov) / (2.0 * root), (q - q_asimov) / (2.0 * root)
    return float(ndtr(-signal) / ndtr(-background))


@dataclass(frozen=True)
class ClsLimits:
    """Upper limits on mu^2 [mu_B^2]; expected at -2, -1, 0, 1 and 2 sigma of the background's fluctuation."""

    observed_muB2: float
    expected_muB2: Array

    @property
    def power_constrained_muB2(self) -> float:
        """The observed limit, or the expected one at -1 sigma if that is weaker (see `power_constrained`)."""
        return power_constrained(self.observed_muB2, float(self.expected_muB2[BAND_SIGMA.index(-1.0)]))


def power_constrained(observed_muB2: float, expected_minus_1_sigma_muB2: float) -> float:
    """Return the limit not below the one a downward fluctuation of one sigma gives (arXiv:1105.3166, power 16 %)."""
    return max(observed_muB2, expected_minus_1_sigma_muB2)


def cls_limits(scan: SignalScan, confidence_level: float) -> ClsLimits:
    """Return the limits where CL_s = 1 - confidence level; infinite where no signal can be excluded."""
    require_generative(scan)
    if not 0.5 < confidence_level < 1.0:
        raise DomainError(f"confidence_level must lie between 0.5 and 1, got {confidence_level}")
    if not scan.is_sensitive:
        return ClsLimits(inf, np.full(len(BAND_SIGMA), inf))
    background = asimov(scan)
    alpha = 1.0 - confidence_level
    # CL_s = alpha for qtilde = (sqrt(q_A) - N)^2: eq. (89) with CL_s in place of p
    rises = [float(ndtri(1.0 - alpha * ndtr(N)) + N) ** 2 for N in BAND_SIGMA]
    expected = np.array([_rise_muB2(background, rise) for rise in rises])
    return ClsLimits(_observed_muB2(scan, background, alpha), expected)


def _rise_muB2(scan: SignalScan, rise: float) -> float:
    return scan.upper_crossing_muB2(scan.best_fit.chi2 + rise)


def _observed_muB2(scan: SignalScan, background: SignalScan, alpha: float) -> float:
    best, null = scan.best_fit, background.best_fit

    def excess(x_muB2: float) -> float:
        q = max(scan.chi2(x_muB2) - best.chi2, 0.0) if x_muB2 > best.x_muB2 else 0.0
        q_asimov = background.chi2(x_muB2) - null.chi2
        return cls_value(q, q_asimov) - alpha if q_asimov > 0.0 else 1.0 - alpha

    low = high = max(_rise_muB2(scan, float(ndtri(1.0 - alpha)) ** 2), best.x_muB2)
    if not isfinite(high):
        return inf
    first = high
    while excess(high) > 0.0:
        if high > FARTHEST * first:
            return inf
        low, high = high, 2.0 * high
    # at the best fit q = 0, where CL_s is at least one half
    while low > best.x_muB2 and excess(low) <= 0.0:
        low = max(0.5 * low, best.x_muB2) if low > first / FARTHEST else best.x_muB2
    return float(brentq(excess, low, high, xtol=1e-60, rtol=LIMIT_RTOL))


@dataclass(frozen=True)
class ExpectedLimits:
    """Upper limits on mu^2 [mu_B^2] of a Delta(-2 ln L) criterion without signal: of the Asimov data, and of toys."""

    median_muB2: float
    band_muB2: Array


def expected_limits(
    scan: SignalScan,
    confidence_level: float,
    kind: IntervalKind,
    n_toys: int,
    seed: int,
    sigma: Sequence[float] = BAND_SIGMA,
) -> ExpectedLimits:
    """Return the limit of the Asimov data and the quantiles over n toys of the background at so many sigma.

    The background is the fit of the observed data with mu = 0. Without toys (n_toys = 0) the band is empty.
    """
    if not scan.is_sensitive:
        return ExpectedLimits(inf, np.full(len(sigma) if n_toys else 0, inf))
    rise = threshold(confidence_level, kind)
    median = _rise_muB2(asimov(scan), rise)
    if not n_toys:
        return ExpectedLimits(median, np.zeros(0))
    limits = toy_upper_limits_muB2(seed, n_toys, rise, scan.fits(np.zeros(1)).nuisances[0], scan)
    # infinite limits are ordered, but must not be interpolated
    return ExpectedLimits(median, np.quantile(limits, ndtr(np.asarray(sigma)), method="higher"))
