"""Minimum of -2 ln L over the nuisances at fixed mu^2, or over both.

    -2 ln L(theta, u) = sum_i cost_i(m_i) + (theta - center)^T P (theta - center),    theta_j >= lower_j, u >= 0
    m = sum_j theta_j (constant_j + u slope_j)

u is mu^2 in any convenient unit, stored behind the nuisances. At fixed u this is convex in theta (but for tabulated
costs), so a Newton iteration with an active set for the bounds and a step-halving line search ends in the global
minimum. Over u as well it is bilinear: where the Hessian is not positive definite the second derivative of m, which
has mean zero for the true model, is left out (Fisher scoring), so that every step still descends.
"""

from math import isfinite

import numpy as np
from numba import njit

from nudipole.compilation import INNER, KERNEL, flag, number
from nudipole.likelihood.cost import POISSON, TABULATED, cost_derivatives, total_cost
from nudipole.likelihood.newton import choose_direction

MAX_ITERATIONS = 500
HALVINGS = 100
TOLERANCE = 1e-10
"""Newton decrement (about twice the distance to the minimum in -2 ln L) at which the iteration ends."""
QUICK_TOLERANCE = 1e-6
"""Decrement from which one more step is the last if -2 ln L falls as predicted to QUICK_MISMATCH: what is left is
2.25 QUICK_MISMATCH^2 of the decrement, because the error of the prediction is the third derivative's."""
QUICK_MISMATCH = 1e-2
TABLE_STEP, TABLE_GROWTH = 0.02, 0.5
"""Largest step in u for tabulated costs: so much of the range of the table, and of u itself."""
PSEUDO_COUNT = 1e-10
"""Events put into empty bins to keep m > 0 by an interior-point barrier; costs 2e-10 of -2 ln L a bin at the edge."""
EDGE_POLISH = 8
"""Last steps there: the force 2 PSEUDO_COUNT/m is part of the slope in mu^2, but -2 ln L hardly feels it."""

REDUCTION = {**KERNEL, "fastmath": {"reassoc", "contract"}}
"""The order of a sum over bins is the compiler's choice, or it cannot use vector instructions."""


@njit(**KERNEL)
def workspace(k, n):  # type: ignore[no-untyped-def]
    """Return the scratch arrays of `minimise` for k nuisances and n bins: (columns, bins, matrices, vectors, flags)."""
    size = max(k + 1, 2)
    matrices, flags = np.empty((3, size, size)), np.zeros((3, size), dtype=np.int64)
    return np.empty((k + 1, n)), np.empty((5, n)), matrices, np.empty((6, size)), flags


MODEL, TRIAL, FIRST, SECOND, WEIGHTED = range(5)
"""Rows of the bins of the workspace."""
GRADIENT, STEP, PROPOSAL, SCALE, CROSS, START = range(6)
"""Rows of its vectors."""
AT_EDGE = 2
"""Row of its flags whose first says that the last fit went along m = 0 in an empty bin."""


@njit(**KERNEL, **INNER)
def fill_columns(constant, slope, p, joint, columns):  # type: ignore[no-untyped-def]
    """Write dm/dtheta_j, and after them dm/du if u is a parameter too."""
    k, n = constant.shape
    u = p[k]
    for j in range(k):
        for i in range(n):
            columns[j, i] = constant[j, i] + u * slope[j, i]
    if joint:
        for i in range(n):
            columns[k, i] = 0.0
        for j in range(k):
            for i in range(n):
                columns[k, i] += p[j] * slope[j, i]


@njit(**REDUCTION, **INNER)
def fill_model(constant, slope, p, joint, columns, bins, row):  # type: ignore[no-untyped-def]
    """Write the expected events at p to a row of bins; at fixed u the columns are those of this u already."""
    k, n = constant.shape
    for i in range(n):
        bins[row, i] = 0.0
    if joint:
        u = p[k]
        for j in range(k):
            for i in range(n):
                bins[row, i] += p[j] * (constant[j, i] + u * slope[j, i])
    else:
        for j in range(k):
            for i in range(n):
                bins[row, i] += p[j] * columns[j, i]


@njit(**KERNEL, **INNER)
def prior_cost(p, center, precision):  # type: ignore[no-untyped-def]
    """Return the Gaussian prior term."""
    total = 0.0
    for a in range(len(center)):
        for b in range(len(center)):
            total += (p[a] - center[a]) * precision[a, b] * (p[b] - center[b])
    return total


@njit(**REDUCTION, **INNER)
def fill_derivatives(columns, slope, center, precision, p, joint, bins, hessian, vectors):  # type: ignore[no-untyped-def]
    """Write gradient, Hessian and, in CROSS, what the bilinear term adds to d2/(dtheta_j du)."""
    k, n = slope.shape
    size = k + 1 if joint else k
    for a in range(size):
        total = 0.0
        for i in range(n):
            total += bins[FIRST, i] * columns[a, i]
            bins[WEIGHTED, i] = bins[SECOND, i] * columns[a, i]
        vectors[GRADIENT, a] = total
        for b in range(a + 1):
            total = 0.0
            for i in range(n):
                total += bins[WEIGHTED, i] * columns[b, i]
            hessian[a, b] = total
    for a in range(k):
        for b in range(k):
            vectors[GRADIENT, a] += 2.0 * precision[a, b] * (p[b] - center[b])
            if b <= a:
                hessian[a, b] += 2.0 * precision[a, b]
        total = 0.0
        if joint:
            for i in range(n):
                total += bins[FIRST, i] * slope[a, i]
        vectors[CROSS, a] = total


@njit(**KERNEL, **INNER)
def _value(observation, constant, slope, priors, p, joint, work, row):  # type: ignore[no-untyped-def]
    """Return -2 ln L at p; writes the expected events to a row of bins."""
    fill_model(constant, slope, p, joint, work[0], work[1], row)
    return total_cost(observation, work[1][row]) + prior_cost(p, priors[0], priors[1])


@njit(**KERNEL, **INNER)
def _line_search(observation, constant, slope, priors, p, joint, work, highest, attempts):  # type: ignore[no-untyped-def]
    """Move p along the step up to the first bound, halving until -2 ln L is at most the highest value allowed.

    Returns the new value, whether p moved, whether it arrived at a bound, and whether it took the whole step.
    """
    lower, vectors = priors[2], work[3]
    k = constant.shape[0]
    size = k + 1 if joint else k
    length, first = 1.0, -1
    for j in range(size):
        bound = lower[j] if j < k else 0.0
        if p[j] + length * vectors[STEP, j] < bound:
            length, first = (bound - p[j]) / vectors[STEP, j], j
    proposal = vectors[PROPOSAL]
    proposal[k] = p[k]
    for attempt in range(attempts):
        for j in range(size):
            proposal[j] = max(p[j] + length * vectors[STEP, j], lower[j] if j < k else 0.0)
        if attempt == 0 and first >= 0:
            proposal[first] = lower[first] if first < k else 0.0
        value = _value(observation, constant, slope, priors, proposal, joint, work, number(TRIAL))
        if value <= highest:
            for j in range(size):
                p[j] = proposal[j]
            for i in range(constant.shape[1]):
                work[1][MODEL, i] = work[1][TRIAL, i]
            return value, True, attempt == 0 and first >= 0, attempt == 0 and first < 0
        length *= 0.5
    return highest, False, False, False


@njit(**KERNEL, **INNER)
def _shorten(p, vectors, k):  # type: ignore[no-untyped-def]
    """Shorten the step so that u moves by little: where a table is straight a Newton step has no natural end."""
    most = TABLE_STEP + TABLE_GROWTH * p[k]
    if abs(vectors[STEP, k]) > most:
        factor = most / abs(vectors[STEP, k])
        for j in range(k + 1):
            vectors[STEP, j] *= factor


@njit(**KERNEL, **INNER)
def _step(observation, constant, slope, priors, p, joint, work):  # type: ignore[no-untyped-def]
    """Write the next step from p, whose expected events are in the workspace; return its decrement."""
    columns, bins, matrices, vectors, flags = work
    cost_derivatives(observation, bins[MODEL], bins[FIRST], bins[SECOND])
    fill_derivatives(columns, slope, priors[0], priors[1], p, joint, bins, matrices[0], vectors)
    decrement = choose_direction(p, joint, priors[2], priors[3], matrices, vectors, flags, TOLERANCE)
    if joint and observation[0] == TABULATED:
        _shorten(p, vectors, constant.shape[0])
    return decrement


@njit(**KERNEL, **INNER)
def _descend(observation, constant, slope, priors, p, joint, quick, polish, work):  # type: ignore[no-untyped-def]
    """Newton iteration from p, changed in place, with so many last steps; returns (-2 ln L, converged)."""
    problem = observation, constant, slope, priors, p, joint, work
    fill_columns(constant, slope, p, joint, work[0])
    chi2 = _value(*problem, number(MODEL))
    if not isfinite(chi2):
        return chi2, False
    for _ in range(MAX_ITERATIONS):
        decrement = _step(*problem)
        if decrement < TOLERANCE:
            # for the sake of theta, which it brings from 1e-5 sigma to rounding: -2 ln L does not feel it
            improved, moved, _, _ = _line_search(*problem, chi2 + TOLERANCE, number(1))
            chi2, polish = min(improved, chi2) if moved else chi2, polish - 1
            if polish == 0 or not moved:
                return chi2, True
        else:
            improved, _, arrived, whole = _line_search(*problem, chi2, number(HALVINGS))
            if improved == chi2 and not arrived:
                # no representable step lowers -2 ln L: the minimum to rounding
                return chi2, decrement < 1e-6 + 1e-13 * chi2
            mismatch = abs(chi2 - improved - 0.5 * decrement)
            chi2 = improved
            if quick and whole and decrement < QUICK_TOLERANCE and mismatch < QUICK_MISMATCH * 0.5 * decrement:
                return chi2, True
        if joint:
            fill_columns(constant, slope, p, joint, work[0])
    return chi2, False


@njit(**KERNEL)
def minimise(observation, constant, slope, priors, p, joint, quick, work):  # type: ignore[no-untyped-def]
    """Minimise -2 ln L from the start p = (theta, u), changed in place to the minimum; u moves only if joint.

    observation: (kind, counts, variance, table, slopes, step); constant, slope (k, bins); priors: (center, precision,
    lower, fixed); work: `workspace(k, bins)`. quick: -2 ln L to 1e-9, else p is the minimum to rounding. The start must
    give every bin with events a positive expectation, or nothing converges. Returns (-2 ln L, converged).
    """
    kind, counts, variance, table, slopes, step = observation
    vectors, flags = work[3], work[4]
    for j in range(len(p)):
        vectors[START, j] = p[j]
    flags[AT_EDGE, 0] = 0
    chi2, converged = _descend(observation, constant, slope, priors, p, joint, quick, number(1), work)
    if converged or kind != POISSON or not isfinite(chi2):
        return chi2, converged
    # a shape empties a bin without events, where -2 ln L ends at m = 0: no Newton step leads along such an edge
    for j in range(len(p)):
        p[j] = vectors[START, j]
    fill_model(constant, slope, p, flag(True), work[0], work[1], number(MODEL))
    softened = counts.copy()
    for i in range(len(counts)):
        if counts[i] == 0.0 and work[1][MODEL, i] > 0.0:
            softened[i] = PSEUDO_COUNT
    soft = kind, softened, variance, table, slopes, step
    _, converged = _descend(soft, constant, slope, priors, p, joint, flag(False), number(EDGE_POLISH), work)
    flags[AT_EDGE, 0] = 1
    fill_columns(constant, slope, p, joint, work[0])
    return _value(observation, constant, slope, priors, p, joint, work, number(MODEL)), converged


@njit(**KERNEL, **INNER)
def fill_edge_derivatives(observation, model, work):  # type: ignore[no-untyped-def]
    """Write the derivatives of the costs, with the force that keeps empty bins from m < 0 if the last fit needed it."""
    first, second = work[1][FIRST], work[1][SECOND]
    cost_derivatives(observation, model, first, second)
    if work[4][AT_EDGE, 0]:
        for i in range(len(model)):
            if observation[1][i] == 0.0 and model[i] > 0.0:
                first[i] -= 2.0 * PSEUDO_COUNT / model[i]
                second[i] += 2.0 * PSEUDO_COUNT / model[i] ** 2
