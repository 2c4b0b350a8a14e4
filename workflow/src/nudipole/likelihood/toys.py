"""Toy experiments: counts and global observables drawn for a true (mu^2, theta), each fitted with its nuisances.

    q(x) = -2 ln L(x, profiled theta) + 2 ln L(minimum over x >= 0 and theta)

The global observables are the centres of the priors: in a repeated experiment the auxiliary measurements fluctuate as
the counts do (Cowan, Cranmer, Gross, Vitells, EPJC 71 (2011) 1554, arXiv:1007.1727, sec. 2.1).
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nudipole.compilation import INNER, KERNEL, flag, number
from nudipole.errors import ConvergenceError, DomainError
from nudipole.likelihood.cost import POISSON, Cost
from nudipole.likelihood.profile import fill_columns, fill_model, workspace
from nudipole.likelihood.root import fit_all, minimum, profile_at, upper_edge
from nudipole.likelihood.scan import SignalScan

Array = NDArray[np.float64]

# Rule NPY002 does not apply in kernels: `np.random` is there numba's own generator, seeded inside each of them.
MOST_COUNTS = 1e15
"""Expected events a bin above which a drawn count is no exact number any more."""


@njit(**KERNEL, **INNER)
def _draw(observation, expected, theta, spread, counts, center):  # type: ignore[no-untyped-def]
    """Write one experiment's counts and centres of the priors."""
    for i in range(len(expected)):
        if observation[0] == POISSON:
            counts[i] = np.random.poisson(expected[i]) if expected[i] > 0.0 else 0.0  # noqa: NPY002
        else:
            counts[i] = expected[i] + np.sqrt(observation[2][i]) * np.random.standard_normal()  # noqa: NPY002
    for j in range(len(theta)):
        center[j] = theta[j]
    for r in range(spread.shape[1]):
        z = np.random.standard_normal()  # noqa: NPY002
        for j in range(len(theta)):
            center[j] += spread[j, r] * z


@njit(**KERNEL, **INNER)
def _prepared(u, theta, observation, constant, slope, priors):  # type: ignore[no-untyped-def]
    """Return (expected events, counts, centres, toy observation, toy priors, parameters, workspace) at the true point.

    The toy observation and priors hold the counts and centres that `_draw` fills.
    """
    k, n = constant.shape
    p, work = np.empty(k + 1), workspace(k, n)
    for j in range(k):
        p[j] = theta[j]
    p[k] = u
    fill_columns(constant, slope, p, flag(False), work[0])
    fill_model(constant, slope, p, flag(False), work[0], work[1], number(0))
    counts, center = np.empty(n), np.empty(k)
    kind, _, variance, table, slopes, step = observation
    toy, own = (kind, counts, variance, table, slopes, step), (center, priors[1], priors[2], priors[3])
    return work[1][0].copy(), counts, center, toy, own, p, work


@njit(**KERNEL, **INNER)
def _next(observation, expected, theta, spread, counts, center, p):  # type: ignore[no-untyped-def]
    """Draw one experiment and let its fit begin at the truth."""
    _draw(observation, expected, theta, spread, counts, center)
    for j in range(len(theta)):
        p[j] = theta[j]


@njit(**KERNEL)
def _statistics(seed, n, u, theta, spread, observation, constant, slope, priors, start):  # type: ignore[no-untyped-def]
    """Return q at u of n experiments with the truth (u, theta); NaN where a fit failed."""
    np.random.seed(seed)  # noqa: NPY002
    expected, counts, center, toy, own, p, work = _prepared(u, theta, observation, constant, slope, priors)
    q = np.empty(n)
    for t in range(n):
        _next(observation, expected, theta, spread, counts, center, p)
        at_u, good = profile_at(u, toy, constant, slope, own, theta, p, flag(True), work)
        least, fine = fit_all(u, toy, constant, slope, own, theta, p, flag(True), work)
        # q is a distance to the minimum, negative by rounding only
        q[t] = max(at_u - least, 0.0) if good and fine else np.nan
    return q


@njit(**KERNEL)
def _upper_edges(seed, n, rise, u, theta, spread, observation, constant, slope, priors, start):  # type: ignore[no-untyped-def]
    """Return u at the upper edge of n experiments with the truth (u, theta); NaN where a fit failed."""
    np.random.seed(seed)  # noqa: NPY002
    expected, counts, center, toy, own, p, work = _prepared(u, theta, observation, constant, slope, priors)
    found = np.full(n, np.nan)
    for t in range(n):
        _next(observation, expected, theta, spread, counts, center, p)
        least, good = minimum(toy, constant, slope, own, theta, p, flag(False), work)
        if good:
            edge, fine = upper_edge(rise, least, toy, constant, slope, own, theta, p, work)
            if fine:
                found[t] = edge
    return found


def require_generative(scan: SignalScan) -> None:
    """Raise DomainError unless experiments can be drawn from the likelihood."""
    if scan.observation.kind is Cost.TABULATED:
        raise DomainError("a tabulated likelihood says nothing about other outcomes: no toys, use interval two_sided")


def _truth(scan: SignalScan, x_muB2: float, theta: Array) -> tuple[float, Array, Array]:
    """Return mu^2 in the unit of the kernels, theta and the spread of the centres; check what is to be drawn."""
    require_generative(scan)
    expected = scan.expected(x_muB2, theta)
    if scan.observation.kind is Cost.POISSON and not ((expected >= 0.0) & (expected < MOST_COUNTS)).all():
        raise DomainError(
            f"toys need between 0 and {MOST_COUNTS:g} expected events in a bin, got {expected.min():.3g} "
            f"to {expected.max():.3g}"
        )
    return x_muB2 / scan.natural_x_muB2, np.array(theta, dtype=float), scan.nuisances.spread


def toy_statistics(seed: int, n: int, x_muB2: float, theta_true: Array, scan: SignalScan) -> Array:
    """Return q(x) of n experiments in which mu^2 = x and theta are true; the same for the same seed.

    The bins of the scan must be those of the experiment: narrow bins around observed events are not. Raises DomainError
    for a tabulated likelihood, ConvergenceError if a fit fails.
    """
    q = _statistics(seed, n, *_truth(scan, x_muB2, theta_true), *scan.kernel)
    _require_all(q, scan, x_muB2)
    return np.asarray(q)


def toy_upper_limits_muB2(seed: int, n: int, rise: float, theta_true: Array, scan: SignalScan) -> Array:
    """Return mu^2 where -2 ln L has risen by so much above its minimum, for n experiments without signal."""
    u = _upper_edges(seed, n, rise, *_truth(scan, 0.0, theta_true), *scan.kernel)
    _require_all(u, scan, 0.0)
    return np.asarray(u * scan.natural_x_muB2)


def _require_all(values: Array, scan: SignalScan, x_muB2: float) -> None:
    failed = int(np.isnan(values).sum())
    if failed:
        raise ConvergenceError(
            f"{failed} of {len(values)} toys at mu = {np.sqrt(x_muB2):.4g} mu_B were not fitted; components without "
            f"events in bins of the {scan.observation.bins} may have to be left out"
        )
