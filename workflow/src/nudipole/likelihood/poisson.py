"""Profiled binned Poisson likelihood of a model that is linear in its nuisance parameters.

    -2 ln L(theta) = 2 sum_i [m_i - d_i + d_i ln(d_i/m_i)] + sum_j ((theta_j - center_j)/width_j)^2
    m = sum_j theta_j A_j,    theta_j >= 0

(Baker and Cousins, NIM 221 (1984) 437.) It is convex in theta, so a Newton iteration with an active
set for the bounds and a step-halving line search ends in the global minimum. An inverse variance of zero
means no prior; a parameter marked as fixed stays where it starts.
"""

from math import inf, log, sqrt

import numpy as np
from numba import njit

MAX_ITERATIONS = 500
TOLERANCE = 1e-10
"""Newton decrement (about twice the distance to the minimum in -2 ln L) at which the iteration ends."""
RIDGE = 1e-15
"""Smallest pivot of the Hessian scaled to a unit diagonal."""


@njit(cache=True)
def expected_counts(theta, columns, model):  # type: ignore[no-untyped-def]
    """Write m = theta @ columns to model; columns (parameters, bins)."""
    # loops and not slices in all kernels here: assigning slices takes numba seconds to compile
    for i in range(columns.shape[1]):
        model[i] = 0.0
    for j in range(columns.shape[0]):
        for i in range(columns.shape[1]):
            model[i] += theta[j] * columns[j, i]


@njit(cache=True)
def poisson_chi2(counts, model):  # type: ignore[no-untyped-def]
    """Return 2 sum [m - d + d ln(d/m)]; infinite where a bin with events expects none."""
    total = 0.0
    for i in range(len(counts)):
        if counts[i] > 0.0:
            if model[i] <= 0.0:
                return inf
            total += model[i] - counts[i] + counts[i] * log(counts[i] / model[i])
        else:
            total += model[i]
    return 2.0 * total


@njit(cache=True)
def prior_chi2(theta, center, inverse_variance):  # type: ignore[no-untyped-def]
    """Return the sum of the Gaussian prior terms."""
    total = 0.0
    for j in range(len(theta)):
        total += (theta[j] - center[j]) ** 2 * inverse_variance[j]
    return total


@njit(cache=True)
def _gradient_and_hessian(theta, counts, columns, center, inverse_variance, model, gradient, hessian):  # type: ignore[no-untyped-def]
    k, n = columns.shape
    for a in range(k):
        gradient[a] = 2.0 * (theta[a] - center[a]) * inverse_variance[a]
        for b in range(k):
            hessian[a, b] = 0.0
    for i in range(n):
        ratio = counts[i] / model[i] if counts[i] > 0.0 else 0.0
        curvature = ratio / model[i] if counts[i] > 0.0 else 0.0
        for a in range(k):
            gradient[a] += 2.0 * (1.0 - ratio) * columns[a, i]
            scaled = 2.0 * curvature * columns[a, i]
            for b in range(a + 1):
                hessian[a, b] += scaled * columns[b, i]
    for a in range(k):
        for b in range(a):
            hessian[b, a] = hessian[a, b]
        hessian[a, a] += 2.0 * inverse_variance[a]


@njit(cache=True)
def _solve_free(hessian, gradient, free, step):  # type: ignore[no-untyped-def]
    """Write -H^-1 g on the free parameters (zero elsewhere) to step, by Cholesky of H scaled to a unit diagonal.

    Without the scaling the ridge of a column that expects 1e10 events would drown one that expects ten.
    """
    k = len(gradient)
    scale, factor = np.ones(k), np.zeros((k, k))
    for a in range(k):
        if hessian[a, a] > 0.0:
            scale[a] = 1.0 / sqrt(hessian[a, a])
    for a in range(k):
        for b in range(a + 1):
            total = hessian[a, b] * scale[a] * scale[b] if free[a] and free[b] else 0.0
            for c in range(b):
                total -= factor[a, c] * factor[b, c]
            # columns that no datum tells apart have no curvature: the ridge keeps their step finite
            factor[a, b] = sqrt(max(total, RIDGE)) if a == b else total / factor[b, b]
    for a in range(k):
        total = -gradient[a] * scale[a] if free[a] else 0.0
        for c in range(a):
            total -= factor[a, c] * step[c]
        step[a] = total / factor[a, a]
    for a in range(k - 1, -1, -1):
        total = step[a]
        for c in range(a + 1, k):
            total -= factor[c, a] * step[c]
        step[a] = total / factor[a, a]
    for a in range(k):
        step[a] = step[a] * scale[a] if free[a] else 0.0


@njit(cache=True)
def _direction(theta, hessian, gradient, fixed, free, step):  # type: ignore[no-untyped-def]
    """Write the Newton step that leaves no bound it sits on; return its decrement -g.step.

    A parameter at its bound is let go if -2 ln L falls inwards. Where the step of the others would push it back out
    it stays, unless that leaves nothing to gain: then the one that gains most is moved alone.
    """
    k = len(theta)
    for j in range(k):
        free[j] = not fixed[j] and (theta[j] > 0.0 or gradient[j] < 0.0)
    blocked = True
    while blocked:
        _solve_free(hessian, gradient, free, step)
        blocked = False
        for j in range(k):
            if free[j] and theta[j] == 0.0 and step[j] < 0.0:
                free[j] = False
                blocked = True
    decrement = _decrement(gradient, step)
    if decrement >= TOLERANCE:
        return decrement
    best = -1
    for j in range(k):
        if not fixed[j] and not free[j] and gradient[j] < 0.0:
            alone = gradient[j] ** 2 / max(hessian[j, j], 1e-300)
            if alone > decrement:
                best, decrement = j, alone
    if best >= 0:
        for j in range(k):
            step[j] = 0.0
        step[best] = -decrement / gradient[best]
    return decrement


@njit(cache=True)
def _decrement(gradient, step):  # type: ignore[no-untyped-def]
    total = 0.0
    for j in range(len(gradient)):
        total -= gradient[j] * step[j]
    return total


@njit(cache=True)
def _line_search(theta, step, chi2, counts, columns, center, inverse_variance, trial, model):  # type: ignore[no-untyped-def]
    """Move theta along step up to the first bound, halving until -2 ln L falls.

    Returns the new value and whether a parameter arrived at its bound.
    """
    length, first = 1.0, -1
    for j in range(len(theta)):
        if theta[j] + length * step[j] < 0.0:
            length, first = theta[j] / -step[j], j
    for attempt in range(100):
        for j in range(len(theta)):
            trial[j] = max(theta[j] + length * step[j], 0.0)
        if attempt == 0 and first >= 0:
            trial[first] = 0.0
        expected_counts(trial, columns, model)
        value = poisson_chi2(counts, model) + prior_chi2(trial, center, inverse_variance)
        if value <= chi2:
            for j in range(len(theta)):
                theta[j] = trial[j]
            return value, attempt == 0 and first >= 0
        length *= 0.5
    return chi2, False


@njit(cache=True)
def profile(counts, columns, center, inverse_variance, fixed, theta):  # type: ignore[no-untyped-def]
    """Minimise -2 ln L over theta >= 0 from the given start (changed in place to the minimum).

    counts (bins,), columns (parameters, bins); center, inverse_variance, fixed (parameters,). The start must give
    every bin with events a positive expectation. Returns (-2 ln L, converged).
    """
    k, n = columns.shape
    model, trial, gradient, step = np.empty(n), np.empty(k), np.empty(k), np.zeros(k)
    hessian, free = np.empty((k, k)), np.empty(k, dtype=np.bool_)
    expected_counts(theta, columns, model)
    chi2 = poisson_chi2(counts, model) + prior_chi2(theta, center, inverse_variance)
    for _ in range(MAX_ITERATIONS):
        expected_counts(theta, columns, model)
        _gradient_and_hessian(theta, counts, columns, center, inverse_variance, model, gradient, hessian)
        decrement = _direction(theta, hessian, gradient, fixed, free, step)
        if decrement < TOLERANCE:
            return chi2, True
        improved, arrived = _line_search(theta, step, chi2, counts, columns, center, inverse_variance, trial, model)
        if improved == chi2 and not arrived:
            # no representable step lowers -2 ln L: the minimum to rounding
            return chi2, decrement < 1e-6 + 1e-13 * chi2
        chi2 = improved
    return chi2, False
