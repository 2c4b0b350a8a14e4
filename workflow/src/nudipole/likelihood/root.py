"""The profile as a function of mu^2: kernels for value and derivative, the minimum, and where it crosses a level."""

from math import inf

import numpy as np
from numba import njit

from nudipole.likelihood.cost import cost_derivatives
from nudipole.likelihood.profile import expected_counts, profile

RTOL = 1e-10
"""Relative accuracy of a root in mu^2."""
MAX_STEPS = 200
FIRST_STEP = 1e-3
"""First step of a search, in units of the natural mu^2."""
SATURATION = 1e12
"""Times the natural mu^2: -2 ln L is as large there as it can become, so the search for an upper edge ends."""


@njit(cache=True)
def profile_at(x, observation, constant, slope, priors, theta, columns):  # type: ignore[no-untyped-def]
    """Profile at mu^2 = x from the given start, changed in place; columns is scratch like constant."""
    for j in range(constant.shape[0]):
        for i in range(constant.shape[1]):
            columns[j, i] = constant[j, i] + x * slope[j, i]
    return profile(observation, columns, priors, theta)


@njit(cache=True)
def derivative_at(x, observation, constant, slope, priors, theta, columns):  # type: ignore[no-untyped-def]
    """Return (-2 ln L, its derivative in mu^2, converged) of the profile; the nuisances sit at their minimum."""
    n = constant.shape[1]
    chi2, converged = profile_at(x, observation, constant, slope, priors, theta, columns)
    model, first, second = np.empty(n), np.empty(n), np.empty(n)
    expected_counts(theta, columns, model)
    cost_derivatives(observation, model, first, second)
    total = 0.0
    for j in range(slope.shape[0]):
        for i in range(n):
            total += first[i] * theta[j] * slope[j, i]
    return chi2, total, converged


@njit(cache=True)
def profile_many(x, observation, constant, slope, priors, start):  # type: ignore[no-untyped-def]
    """Profile at every x, each from where the one before ended; returns (-2 ln L, theta, converged)."""
    chi2, theta = np.empty(len(x)), np.empty((len(x), len(start)))
    converged, columns = np.empty(len(x), dtype=np.bool_), np.empty_like(constant)
    current = start.copy()
    for i in range(len(x)):
        chi2[i], converged[i] = profile_at(x[i], observation, constant, slope, priors, current, columns)
        for j in range(len(start)):
            theta[i, j] = current[j]
    return chi2, theta, converged


@njit(cache=True)
def _value(x, level, seek_minimum, observation, constant, slope, priors, theta, columns):  # type: ignore[no-untyped-def]
    """Return (what is to vanish, converged): the derivative for a minimum, the distance to the level for a crossing."""
    if seek_minimum:
        _, gradient, converged = derivative_at(x, observation, constant, slope, priors, theta, columns)
        return gradient, converged
    chi2, converged = profile_at(x, observation, constant, slope, priors, theta, columns)
    return chi2 - level, converged


@njit(cache=True)
def root(low, high, level, seek_minimum, observation, constant, slope, priors, theta):  # type: ignore[no-untyped-def]
    """Return (x, converged) between two ends of opposite sign.

    Chandrupatla, Adv. Eng. Software 28 (1997) 145: inverse quadratic interpolation where it is safe, else bisection.
    """
    columns = np.empty_like(constant)
    a, b = high, low
    f_a, good = _value(a, level, seek_minimum, observation, constant, slope, priors, theta, columns)
    f_b, fine = _value(b, level, seek_minimum, observation, constant, slope, priors, theta, columns)
    c, f_c, t = a, f_a, 0.5
    good = good and fine
    for _ in range(MAX_STEPS):
        x = a + t * (b - a)
        f_x, fine = _value(x, level, seek_minimum, observation, constant, slope, priors, theta, columns)
        good = good and fine
        if (f_x > 0.0) == (f_a > 0.0):
            c, f_c = a, f_a
        else:
            c, f_c, b, f_b = b, f_b, a, f_a
        a, f_a = x, f_x
        best = a if abs(f_a) < abs(f_b) else b
        tolerance = 2.0 * RTOL * abs(best) / max(abs(b - c), 1e-300)
        if f_a == 0.0 or abs(b - a) <= 2.0 * RTOL * abs(best):
            return best, good
        t = _fraction(a, f_a, b, f_b, c, f_c)
        t = min(max(t, tolerance), 1.0 - tolerance)
    return best, False


@njit(cache=True)
def _fraction(a, f_a, b, f_b, c, f_c):  # type: ignore[no-untyped-def]
    """Return where between a and b to look next."""
    if f_a == f_b or c == b:
        return 0.5
    xi, phi = (a - b) / (c - b), (f_a - f_b) / (f_c - f_b)
    if phi * phi < xi and (1.0 - phi) ** 2 < 1.0 - xi:
        first = f_a / (f_b - f_a) * f_c / (f_b - f_c)
        return first + (c - a) / (b - a) * f_a / (f_c - f_a) * f_b / (f_c - f_b)
    return 0.5


@njit(cache=True)
def minimum(natural, observation, constant, slope, priors, theta):  # type: ignore[no-untyped-def]
    """Return (x >= 0 at the minimum, -2 ln L there, converged); theta ends at the minimum."""
    columns = np.empty_like(constant)
    chi2, gradient, converged = derivative_at(0.0, observation, constant, slope, priors, theta, columns)
    if gradient >= 0.0:
        return 0.0, chi2, converged
    low, high = 0.0, FIRST_STEP * natural
    while derivative_at(high, observation, constant, slope, priors, theta, columns)[1] < 0.0:
        low, high = high, 2.0 * high
        if high > SATURATION * natural:
            return high, inf, False
    x, found = root(low, high, 0.0, True, observation, constant, slope, priors, theta)
    chi2, converged = profile_at(x, observation, constant, slope, priors, theta, columns)
    return x, chi2, converged and found


@njit(cache=True)
def upper_crossing(best_x, natural, level, observation, constant, slope, priors, theta):  # type: ignore[no-untyped-def]
    """Return (x above the minimum where -2 ln L reaches the level, converged); infinite if it never does."""
    columns = np.empty_like(constant)
    low, step = best_x, max(FIRST_STEP * natural, 0.1 * best_x)
    while True:
        chi2, good = profile_at(best_x + step, observation, constant, slope, priors, theta, columns)
        if not good or chi2 >= level:
            break
        if step > SATURATION * natural:
            return inf, True
        low, step = best_x + step, 2.0 * step
    x, found = root(low, best_x + step, level, False, observation, constant, slope, priors, theta)
    return x, found and good
