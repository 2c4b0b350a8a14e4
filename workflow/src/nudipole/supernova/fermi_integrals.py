"""Fermi-Dirac integrals G_n(z) = int_0^inf y^n dy/(e^{y-z} + 1) for n = 0, 1, 2, and moments with a blocked final one.

G_0 = ln(1 + e^z), G_1 = -Li_2(-e^z), G_2 = -2 Li_3(-e^z); the alternating series of the polylogarithms at e^z <= 1 is
summed by the algorithm of Cohen, Rodriguez Villegas and Zagier (Experim. Math. 9 (2000) 3, algorithm 1), whose error
is 5.8^-TERMS; z > 0 follows from the inversion formulas.
"""

from math import exp, expm1, log1p, pi, sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nudipole.compilation import BORROWS

TERMS = 14


def _acceleration(terms: int) -> NDArray[np.float64]:
    """Return the weights c_k/d of sum (-1)^k a_k = sum_k weight_k a_k."""
    d = (3.0 + sqrt(8.0)) ** terms
    d = 0.5 * (d + 1.0 / d)
    b, c = -1.0, -d
    weights = np.empty(terms)
    for k in range(terms):
        c = b - c
        weights[k] = c / d
        b *= (k + terms) * (k - terms) / ((k + 0.5) * (k + 1.0))
    return weights


ALTERNATING = _acceleration(TERMS)
DILOGARITHM = ALTERNATING / np.arange(1.0, TERMS + 1.0) ** 2
TRILOGARITHM = 2.0 * ALTERNATING / np.arange(1.0, TERMS + 1.0) ** 3
SMALL = 1e-3
"""|w| below which the difference of two integrals is taken from the derivative; the error is w^2/8 of it."""


@njit(**BORROWS)
def fermi_integrals(z: float) -> tuple[float, float, float]:
    """Return (G_0, G_1, G_2) at z, to 1e-10 of each."""
    x = exp(-abs(z))
    dilogarithm = trilogarithm = 0.0
    power = x
    for k in range(TERMS):
        dilogarithm += DILOGARITHM[k] * power
        trilogarithm += TRILOGARITHM[k] * power
        power *= x
    if z <= 0.0:
        return log1p(x), dilogarithm, trilogarithm
    z2 = z * z
    return z + log1p(x), pi**2 / 6.0 + 0.5 * z2 - dilogarithm, z * (z2 + pi**2) / 3.0 + trilogarithm


@njit(**BORROWS)
def blocked_moments(z: float, w: float) -> tuple[float, float, float]:
    """Return int_0^inf y^n f(y - z) (1 - f(y - z + w)) dy, n = 0, 1, 2, with f(x) = 1/(e^x + 1).

    f(x) (1 - f(x + w)) = [f(x) - f(x + w)]/(1 - e^{-w}): differences of G_n at z and z - w.
    """
    if abs(w) < SMALL:
        middle = z - 0.5 * w
        g_0, g_1, _ = fermi_integrals(middle)
        occupation = 1.0 / (1.0 + exp(-middle))
        ratio = 1.0 + 0.5 * w
        return ratio * occupation, ratio * g_0, ratio * 2.0 * g_1
    a_0, a_1, a_2 = fermi_integrals(z)
    b_0, b_1, b_2 = fermi_integrals(z - w)
    bose = -1.0 / expm1(-w)
    return bose * (a_0 - b_0), bose * (a_1 - b_1), bose * (a_2 - b_2)
