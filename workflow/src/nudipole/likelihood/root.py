"""The profile as a function of u (mu^2 in a natural unit): kernels for many values, its minimum, and its crossings."""

from math import inf, isfinite, nan, sqrt

import numpy as np
from numba import njit

from nudipole.compilation import INNER, KERNEL, flag, number
from nudipole.likelihood.cost import POISSON
from nudipole.likelihood.newton import solve_free
from nudipole.likelihood.profile import (
    FIRST,
    GRADIENT,
    MODEL,
    STEP,
    fill_columns,
    fill_derivatives,
    fill_edge_derivatives,
    fill_model,
    minimise,
    workspace,
)

LAST_STEP = 1e-6
"""Relative step in u after which the next Newton step would be below rounding: they converge quadratically."""
NARROW = 1e-12
"""Relative width of a bracket in which there is nothing left to look for."""
MAX_STEPS = 200
GROWTH = 8.0
"""Largest factor by which the distance to the best fit grows in a step of the search for an upper edge."""
SATURATION = 1e12
"""Times the natural mu^2: -2 ln L is as large there as it can become, so the search for an upper edge ends."""


@njit(**KERNEL, **INNER)
def is_impossible(observation, constant, slope, u):  # type: ignore[no-untyped-def]
    """Whether some bin has events and no component that could make any."""
    kind, counts = observation[0], observation[1]
    if kind != POISSON:
        return False
    for i in range(len(counts)):
        total = 0.0
        for j in range(constant.shape[0]):
            total += abs(constant[j, i] + u * slope[j, i])
        if counts[i] > 0.0 and total == 0.0:
            return True
    return False


@njit(**KERNEL, **INNER)
def profile_at(u, observation, constant, slope, priors, start, p, quick, work):  # type: ignore[no-untyped-def]
    """Profile at u from where p is, or from the start if that leads nowhere; returns (-2 ln L, converged)."""
    k = constant.shape[0]
    p[k] = u
    chi2, converged = minimise(observation, constant, slope, priors, p, flag(False), quick, work)
    if converged:
        return chi2, True
    for j in range(k):
        p[j] = start[j]
    chi2, converged = minimise(observation, constant, slope, priors, p, flag(False), quick, work)
    if not converged and is_impossible(observation, constant, slope, u):
        return inf, True
    return chi2, converged


@njit(**KERNEL, **INNER)
def slope_at(observation, constant, slope, p, work):  # type: ignore[no-untyped-def]
    """Return d(-2 ln L)/du where the nuisances sit at their minimum: the explicit derivative."""
    columns, bins = work[0], work[1]
    k, n = constant.shape
    fill_columns(constant, slope, p, flag(True), columns)
    fill_model(constant, slope, p, flag(True), columns, bins, number(MODEL))
    fill_edge_derivatives(observation, bins[MODEL], work)
    total = 0.0
    for i in range(n):
        # nothing at all where the signal is nothing, even if the cost is infinitely steep
        if columns[k, i] != 0.0:
            total += bins[FIRST, i] * columns[k, i]
    return total


@njit(**KERNEL)
def profile_many(u, observation, constant, slope, priors, start):  # type: ignore[no-untyped-def]
    """Profile at every u, each from where the one before ended; returns (-2 ln L, theta, converged)."""
    k, n = constant.shape
    chi2, theta, converged = np.empty(len(u)), np.empty((len(u), k)), np.empty(len(u), dtype=np.bool_)
    p, work = np.empty(k + 1), workspace(k, n)
    for j in range(k):
        p[j] = start[j]
    for i in range(len(u)):
        chi2[i], converged[i] = profile_at(u[i], observation, constant, slope, priors, start, p, flag(True), work)
        for j in range(k):
            theta[i, j] = p[j]
    return chi2, theta, converged


@njit(**KERNEL)
def derivative_at(u, observation, constant, slope, priors, start):  # type: ignore[no-untyped-def]
    """Return (d(-2 ln L)/du of the profile, converged)."""
    k, n = constant.shape
    p, work = np.empty(k + 1), workspace(k, n)
    for j in range(k):
        p[j] = start[j]
    chi2, converged = profile_at(u, observation, constant, slope, priors, start, p, flag(False), work)
    return (-inf if chi2 == inf else slope_at(observation, constant, slope, p, work)), converged


@njit(**KERNEL, **INNER)
def fit_all(u, observation, constant, slope, priors, start, p, quick, work):  # type: ignore[no-untyped-def]
    """Minimise over theta and u >= 0 from where p is, else from the start at u, or at 1; returns (-2 ln L, converged).

    A point at the edge of an empty bin (m = 0) can be a bad place to begin, and so can one far from it.
    """
    chi2, converged = minimise(observation, constant, slope, priors, p, flag(True), quick, work)
    for attempt in range(2):
        if converged:
            break
        for j in range(constant.shape[0]):
            p[j] = start[j]
        p[constant.shape[0]] = u if attempt == 0 else 1.0
        chi2, converged = minimise(observation, constant, slope, priors, p, flag(True), quick, work)
    return chi2, converged


@njit(**KERNEL)
def minimum(observation, constant, slope, priors, start, p, quick, work):  # type: ignore[no-untyped-def]
    """Move p to the minimum over theta and u >= 0, outwards from u = 0; returns (-2 ln L, converged)."""
    k = constant.shape[0]
    p[k] = 0.0
    chi2, converged = profile_at(0.0, observation, constant, slope, priors, start, p, flag(False), work)
    if not converged:
        return chi2, False
    if isfinite(chi2) and slope_at(observation, constant, slope, p, work) >= 0.0:
        return chi2, True
    if not isfinite(chi2):
        p[k] = 1.0
    return fit_all(0.0, observation, constant, slope, priors, start, p, quick, work)


@njit(**KERNEL, **INNER)
def first_guess(rise, observation, constant, slope, priors, p, work):  # type: ignore[no-untyped-def]
    """Return the distance in u over which -2 ln L rises by so much if it is a parabola; p: the best fit."""
    columns, bins, matrices, vectors, flags = work
    center, precision, lower, fixed = priors
    k = constant.shape[0]
    steepness = max(slope_at(observation, constant, slope, p, work), 0.0)
    fill_derivatives(columns, slope, center, precision, p, flag(True), bins, matrices[0], vectors)
    for j in range(k + 1):
        flags[0, j] = j == k or (not fixed[j] and p[j] > lower[j])
        vectors[GRADIENT, j] = -1.0 if j == k else 0.0
    solve_free(matrices, vectors, flags, k + 1, k)
    variance = vectors[STEP, k]
    if not (isfinite(variance) and variance > 0.0):
        return 1.0
    return 2.0 * rise / (steepness + sqrt(steepness * steepness + 2.0 * rise / variance))


@njit(**KERNEL, **INNER)
def _newton_target(u, best, low, high, height, aim, steepness):  # type: ignore[no-untyped-def]
    """Return where the root of -2 ln L above the best fit, taken as straight, reaches the aim; NaN if not inside."""
    if not isfinite(height) or not steepness * (high - best) > 0.0:
        return nan
    target = u + 2.0 * height * (aim - height) / steepness
    return target if min(low, high) <= target <= max(low, high) else nan


@njit(**KERNEL, **INNER)
def crossing(low, high, u, level, least, observation, constant, slope, priors, start, p, work):  # type: ignore[no-untyped-def]
    """Return (u, converged) where the profile rises from below to the level, or falls to it if low > high.

    least: -2 ln L at the best fit, which is at `low`; high may be infinite, and then the result. Newton on the root of
    the distance from the best fit, which is straight for a parabola, kept inside the bracket by bisection.
    """
    aim, best, last = sqrt(level - least), low, inf
    for _ in range(MAX_STEPS):
        chi2, converged = profile_at(u, observation, constant, slope, priors, start, p, flag(False), work)
        if not converged:
            return u, False
        if chi2 >= level:
            high = u
        else:
            low = u
        if abs(high - low) <= NARROW * abs(u):
            return u, True
        if u > SATURATION and not isfinite(high):
            return inf, True
        height, target = sqrt(max(chi2 - least, 0.0)), nan
        # a step that gained little is followed by one of the safe kind
        gained = abs(height - aim) < 0.5 * last
        if gained:
            steepness = slope_at(observation, constant, slope, p, work)
            target = _newton_target(u, best, low, high, height, aim, steepness)
        last = abs(height - aim) if gained else inf
        if abs(target - u) <= LAST_STEP * abs(u):
            return target, True
        if not abs(target - best) < GROWTH * abs(u - best):
            target = 0.5 * (low + high) if isfinite(high) else best + GROWTH * (u - best)
        u = target
    return u, False


@njit(**KERNEL, **INNER)
def upper_edge(rise, least, observation, constant, slope, priors, start, p, work):  # type: ignore[no-untyped-def]
    """Return (u, converged) above the best fit p where -2 ln L has risen by so much; infinite if it never does."""
    best = p[constant.shape[0]]
    guess = first_guess(rise, observation, constant, slope, priors, p, work)
    problem = (observation, constant, slope, priors, start, p, work)
    return crossing(best, inf, best + guess, least + rise, least, *problem)


@njit(**KERNEL)
def edges(level, falling, observation, constant, slope, priors, start):  # type: ignore[no-untyped-def]
    """Return (u, converged) where the profile crosses the level below (falling) or above the best fit."""
    k, n = constant.shape
    p, work = np.empty(k + 1), workspace(k, n)
    for j in range(k):
        p[j] = start[j]
    least, converged = minimum(observation, constant, slope, priors, start, p, flag(False), work)
    if not converged or level <= least:
        return p[k], False
    problem = (observation, constant, slope, priors, start, p, work)
    if not falling:
        return upper_edge(level - least, least, *problem)
    best = p[k]
    guess = best - first_guess(level - least, observation, constant, slope, priors, p, work)
    if not 0.0 < guess < best:
        guess = 0.5 * best
    return crossing(best, 0.0, guess, level, least, *problem)
