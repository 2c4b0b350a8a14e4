"""One-loop functions of a dipole: a chirality flip on the fermion in a loop with a scalar.

With x = 1 - r and r = m_F^2/M_S^2 both are Feynman integrals over the fermion's share t of the loop,

    I_F = int_0^1 t^2 dt/(1 - x t),    I_S = int_0^1 t (1 - t) dt/(1 - x t),

the first with the photon on the fermion, the second on the scalar. Over the Euclidean loop momentum, z = K^2/M_S^2,
they are int_0^inf z^2 dz/[(z + r)^3 (z + 1)] and int_0^inf z^2 dz/[2 (z + r)^2 (z + 1)^2].
"""

import numpy as np
from numpy.typing import ArrayLike

from nudipole.models.checks import Array, positive

SERIES_BELOW = 0.1
"""|1 - r| below which the closed forms lose digits (as eps/x^3) and the series is summed instead."""
TERMS = np.arange(18.0)
"""Enough for 1e-18 at |1 - r| = 0.1."""


def fermion_loop(r: ArrayLike) -> Array:
    """Return I_F(r) = [-(3 - 4 r + r^2) - 2 ln r]/[2 (1 - r)^3] = sum_k (1 - r)^k/(k + 3), r > 0, any shape.

    I_F -> -ln r - 3/2 for r -> 0 and 1/3 for r -> 1. DomainError unless r is positive and finite.
    """
    ratio = positive("the ratio of squared masses", r)
    far = np.where(np.abs(1.0 - ratio) > SERIES_BELOW, ratio, 2.0)
    closed = (-(3.0 - 4.0 * far + far**2) - 2.0 * np.log(far)) / (2.0 * (1.0 - far) ** 3)
    return np.where(far == ratio, closed, _series(ratio, 1.0 / (TERMS + 3.0)))


def scalar_loop(r: ArrayLike) -> Array:
    """Return I_S(r) = [1 - r^2 + 2 r ln r]/[2 (1 - r)^3] = sum_k (1 - r)^k/[(k + 2)(k + 3)], r > 0, any shape.

    I_S -> 1/2 for r -> 0 and 1/6 for r -> 1. DomainError unless r is positive and finite.
    """
    ratio = positive("the ratio of squared masses", r)
    far = np.where(np.abs(1.0 - ratio) > SERIES_BELOW, ratio, 2.0)
    closed = (1.0 - far**2 + 2.0 * far * np.log(far)) / (2.0 * (1.0 - far) ** 3)
    return np.where(far == ratio, closed, _series(ratio, 1.0 / ((TERMS + 2.0) * (TERMS + 3.0))))


def dipole_loop(r: ArrayLike, *, Q_fermion: float, Q_scalar: float) -> Array:
    """Return Q_F I_F(r) - Q_S I_S(r) for electric charges that add up to that of the outer fermion.

    The outer fermion turns into fermion and scalar, Q = Q_F + Q_S. For S_1 with muon and top, Q_F = -2/3 and
    Q_S = -1/3, this is 7/6 + (2/3) ln r at small r, the known factor of (g-2)_mu.
    """
    return Q_fermion * fermion_loop(r) - Q_scalar * scalar_loop(r)


def _series(r: Array, coefficients: Array) -> Array:
    x = np.clip(1.0 - r, -SERIES_BELOW, SERIES_BELOW)
    return np.asarray(np.polynomial.polynomial.polyval(x, coefficients), dtype=np.float64)
