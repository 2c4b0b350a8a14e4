"""Profiled likelihood of a model that is linear in its nuisance parameters.

    -2 ln L(theta) = sum_i cost_i(m_i) + (theta - center)^T P (theta - center),    theta_j >= lower_j
    m = sum_j theta_j A_j

It is convex in theta (but for tabulated costs), so a Newton iteration with an active set for the bounds and a
step-halving line search ends in the global minimum. A parameter with a zero row in P has no prior; one marked as
fixed stays where it starts.
"""

from math import sqrt

import numpy as np
from numba import njit

from nudipole.likelihood.cost import cost_derivatives, total_cost

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
def prior_cost(theta, center, precision):  # type: ignore[no-untyped-def]
    """Return the Gaussian prior term."""
    total = 0.0
    for a in range(len(theta)):
        for b in range(len(theta)):
            total += (theta[a] - center[a]) * precision[a, b] * (theta[b] - center[b])
    return total


# the order of a sum over bins may be chosen by the compiler, or it cannot use vector instructions
@njit(cache=True, fastmath={"reassoc", "contract"})
def _weighted_product(weight, first, second):  # type: ignore[no-untyped-def]
    total = 0.0
    for i in range(len(weight)):
        total += weight[i] * first[i] * second[i]
    return total


@njit(cache=True, fastmath={"reassoc", "contract"})
def _product(first, second):  # type: ignore[no-untyped-def]
    total = 0.0
    for i in range(len(first)):
        total += first[i] * second[i]
    return total


@njit(cache=True)
def gradient_and_hessian(theta, observation, columns, center, precision, model, work, gradient, hessian):  # type: ignore[no-untyped-def]
    """Write the derivatives of -2 ln L in theta; work (2, bins)."""
    cost_derivatives(observation, model, work[0], work[1])
    k = columns.shape[0]
    for a in range(k):
        gradient[a] = _product(work[0], columns[a])
        for b in range(k):
            gradient[a] += 2.0 * precision[a, b] * (theta[b] - center[b])
        for b in range(a + 1):
            hessian[a, b] = _weighted_product(work[1], columns[a], columns[b]) + 2.0 * precision[a, b]
            hessian[b, a] = hessian[a, b]


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
def _direction(theta, hessian, gradient, lower, fixed, free, step):  # type: ignore[no-untyped-def]
    """Write the Newton step that leaves no bound it sits on; return its decrement -g.step.

    A parameter at its bound is let go if -2 ln L falls inwards. Where the step of the others would push it back out
    it stays, unless that leaves nothing to gain: then the one that gains most is moved alone.
    """
    k = len(theta)
    for j in range(k):
        free[j] = not fixed[j] and (theta[j] > lower[j] or gradient[j] < 0.0)
    blocked = True
    while blocked:
        _solve_free(hessian, gradient, free, step)
        blocked = False
        for j in range(k):
            if free[j] and theta[j] <= lower[j] and step[j] < 0.0:
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
def _line_search(theta, step, chi2, observation, columns, priors, trial, model):  # type: ignore[no-untyped-def]
    """Move theta along step up to the first bound, halving until -2 ln L falls.

    Returns the new value and whether a parameter arrived at its bound.
    """
    center, precision, lower, _ = priors
    length, first = 1.0, -1
    for j in range(len(theta)):
        if theta[j] + length * step[j] < lower[j]:
            length, first = (lower[j] - theta[j]) / step[j], j
    for attempt in range(100):
        for j in range(len(theta)):
            trial[j] = max(theta[j] + length * step[j], lower[j])
        if attempt == 0 and first >= 0:
            trial[first] = lower[first]
        expected_counts(trial, columns, model)
        value = total_cost(observation, model) + prior_cost(trial, center, precision)
        if value <= chi2:
            for j in range(len(theta)):
                theta[j] = trial[j]
            return value, attempt == 0 and first >= 0
        length *= 0.5
    return chi2, False


@njit(cache=True)
def profile(observation, columns, priors, theta):  # type: ignore[no-untyped-def]
    """Minimise -2 ln L over theta from the given start (changed in place to the minimum).

    observation: (kind, counts, variance, table, slopes, step); columns (parameters, bins); priors: (center, precision,
    lower, fixed). The start must give every bin with events a positive expectation. Returns (-2 ln L, converged).
    """
    center, precision, lower, fixed = priors
    k, n = columns.shape
    model, trial, gradient, step = np.empty(n), np.empty(k), np.empty(k), np.zeros(k)
    hessian, work, free = np.empty((k, k)), np.empty((2, n)), np.empty(k, dtype=np.bool_)
    expected_counts(theta, columns, model)
    chi2 = total_cost(observation, model) + prior_cost(theta, center, precision)
    for _ in range(MAX_ITERATIONS):
        expected_counts(theta, columns, model)
        gradient_and_hessian(theta, observation, columns, center, precision, model, work, gradient, hessian)
        decrement = _direction(theta, hessian, gradient, lower, fixed, free, step)
        if decrement < TOLERANCE:
            return chi2, True
        improved, arrived = _line_search(theta, step, chi2, observation, columns, priors, trial, model)
        if improved == chi2 and not arrived:
            # no representable step lowers -2 ln L: the minimum to rounding
            return chi2, decrement < 1e-6 + 1e-13 * chi2
        chi2 = improved
    return chi2, False
