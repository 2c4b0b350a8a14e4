"""Plasmon dispersion of Braaten and Segel in a degenerate gas, in closed form.

With x = v k/w and A(x) = artanh(x)/x both branches are explicit, so no root has to be found:

    transverse     w^2 - k^2 = omega_p^2 f(x),   f = 3/(2 x^2) [1 - (1 - x^2) A]
    longitudinal   w^2       = omega_p^2 h(x),   h = 3/x^2 [A - 1]

Braaten and Segel, Phys. Rev. D 48 (1993) 1478, hep-ph/9302213; their v_* is v_F in a degenerate gas. The
residues are theirs too: a test checks them against the derivative of the self-energies.
"""

from math import atanh, cosh, sqrt, tanh

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nudipole.errors import DomainError

# Below this x the closed forms lose digits to cancellation; 16 terms of the series leave 1e-18.
SERIES_BELOW = 0.25
SERIES_TERMS = 16
# tanh(18) is 1 - 5e-16: beyond it the transverse mass is its asymptotic value to machine precision.
RAPIDITY_CAP = 18.0


@njit(cache=True)
def transverse_shape(x: float) -> tuple[float, float]:
    """f(x) and f'(x); f = 3 sum_n x^(2n-2)/((2n-1)(2n+1)), 1 + x^2/5 + ..."""
    if x < SERIES_BELOW:
        f, slope, power = 0.0, 0.0, 1.0
        for n in range(1, SERIES_TERMS + 1):
            term = 3.0 * power / ((2 * n - 1) * (2 * n + 1))
            f += term
            slope += (2 * n) * x * 3.0 * power / ((2 * n + 1) * (2 * n + 3))
            power *= x * x
        return f, slope
    A = atanh(x) / x
    f = 1.5 / (x * x) * (1.0 - (1.0 - x * x) * A)
    return f, 3.0 * (A - f) / x


@njit(cache=True)
def longitudinal_shape(x: float) -> tuple[float, float]:
    """h(x) and h'(x); h = 3 sum_n x^(2n-2)/(2n+1), 1 + 3 x^2/5 + ..."""
    if x < SERIES_BELOW:
        h, slope, power = 0.0, 0.0, 1.0
        for n in range(1, SERIES_TERMS + 1):
            h += 3.0 * power / (2 * n + 1)
            slope += (2 * n) * x * 3.0 * power / (2 * n + 3)
            power *= x * x
        return h, slope
    A = atanh(x) / x
    h = 3.0 / (x * x) * (A - 1.0)
    return h, (3.0 * (1.0 / (1.0 - x * x) - A) / (x * x) - 2.0 * h) / x


@njit(cache=True)
def transverse_residue(w2: float, k2: float, v2: float, omega_p2: float) -> float:
    """Z_T = 2 w^2 (w^2 - v^2 k^2)/{w^2 [3 omega_p^2 - 2(w^2 - k^2)] + (w^2 + k^2)(w^2 - v^2 k^2)}."""
    below = w2 - v2 * k2
    return 2.0 * w2 * below / (w2 * (3.0 * omega_p2 - 2.0 * (w2 - k2)) + (w2 + k2) * below)


@njit(cache=True)
def longitudinal_residue(w2: float, k2: float, v2: float, omega_p2: float) -> float:
    """Z_L = [2 (w^2 - v^2 k^2)/(3 omega_p^2 - (w^2 - v^2 k^2))] w^2/(w^2 - k^2)."""
    below = w2 - v2 * k2
    return 2.0 * below / (3.0 * omega_p2 - below) * w2 / (w2 - k2)


@njit(cache=True)
def transverse_rapidity(r: float, v: float) -> float:
    """Rapidity artanh(k/w) where K_T^2 = r omega_p^2: 0 for r <= 1, the cap at the threshold and above."""
    if r <= 1.0:
        return 0.0
    low, high = 0.0, RAPIDITY_CAP
    for _ in range(64):
        middle = 0.5 * (low + high)
        if transverse_shape(v * tanh(middle))[0] < r:
            low = middle
        else:
            high = middle
    return high


@njit(cache=True)
def longitudinal_reach(r: float, h_max: float, v: float) -> float:
    """Largest x <= v with K_L^2 = omega_p^2 h(x) (1 - x^2/v^2) >= r omega_p^2 (r < 1) and h(x) <= h_max."""
    low, high = 0.0, v
    for _ in range(64):
        middle = 0.5 * (low + high)
        h = longitudinal_shape(middle)[0]
        if h <= h_max and h * (1.0 - (middle / v) ** 2) >= r:
            low = middle
        else:
            high = middle
    return low


@njit(cache=True)
def _transverse_mode(k: float, v: float) -> float:
    """omega_T(k) by bisection in the rapidity, everything in units of omega_p."""
    low, high = 0.0, RAPIDITY_CAP
    for _ in range(64):
        middle = 0.5 * (low + high)
        velocity = tanh(middle)
        if sqrt(transverse_shape(v * velocity)[0]) * cosh(middle) * velocity < k:
            low = middle
        else:
            high = middle
    return sqrt(k * k + transverse_shape(v * tanh(low))[0])


@njit(cache=True)
def _longitudinal_mode(k: float, v: float) -> float:
    """omega_L(k) by bisection in x, everything in units of omega_p; NaN beyond the light cone."""
    low, high = 0.0, v
    if sqrt(longitudinal_shape(v)[0]) <= k:
        return np.nan
    for _ in range(64):
        middle = 0.5 * (low + high)
        if middle * sqrt(longitudinal_shape(middle)[0]) < v * k:
            low = middle
        else:
            high = middle
    return sqrt(longitudinal_shape(low)[0])


def _check_v(v_F: float) -> None:
    if not 0.0 < v_F < 1.0:
        raise DomainError(f"v_F = {v_F} must lie between 0 and 1")


def transverse_threshold_keV(omega_p_keV: float, v_F: float) -> float:
    """Return lim_{k->inf} sqrt(w_T^2 - k^2) = omega_p sqrt(f(v_F)) [keV]: the heaviest N on shell."""
    _check_v(v_F)
    return float(omega_p_keV * sqrt(transverse_shape(v_F)[0]))


def omega_T_keV(k_keV: NDArray[np.float64], omega_p_keV: float, v_F: float) -> NDArray[np.float64]:
    """Return the transverse frequency at momentum k (module docstring), for 0 <= k < 1e7 omega_p."""
    _check_v(v_F)
    k = np.asarray(k_keV, dtype=np.float64)
    if not np.all((k >= 0.0) & (k < 1e7 * omega_p_keV)):
        raise DomainError(f"k_keV must lie between 0 and 1e7 omega_p = {1e7 * omega_p_keV:.3g}")
    modes = [_transverse_mode(value, v_F) for value in k.ravel() / omega_p_keV]
    return omega_p_keV * np.array(modes).reshape(k.shape)


def omega_L_keV(k_keV: NDArray[np.float64], omega_p_keV: float, v_F: float) -> NDArray[np.float64]:
    """Return the longitudinal frequency at momentum k >= 0; NaN where the mode lies below the light cone."""
    _check_v(v_F)
    k = np.asarray(k_keV, dtype=np.float64)
    if not np.all((k >= 0.0) & np.isfinite(k)):
        raise DomainError("k_keV must be finite and not negative")
    modes = [_longitudinal_mode(value, v_F) for value in k.ravel() / omega_p_keV]
    return omega_p_keV * np.array(modes).reshape(k.shape)
