"""Dipole scattering nu_L(E_nu) + e(at rest) -> N(M_N) + e(E_r).

    dsigma/dE_r = alpha mu^2 [ 1/T - 1/E + M^2 (T - 2E - m)/(4 E^2 T m) + M^4 (T - m)/(8 E^2 T^2 m^2) ]

with T = E_r, m = m_e: one incoming helicity, electron spin averaged, N spins summed, the same for
antineutrinos (arXiv:2007.15563, eq. 7; equal to the full trace). Valid between the exact recoil
limits, where it is positive; outside it vanishes, while the bracket may be anything.
"""

from collections.abc import Callable
from math import log

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from nudipole.constants import ALPHA_MU_B2_CM2, KEV_PER_MEV, M_E_MEV
from nudipole.errors import DomainError
from nudipole.kinematics import recoil_limits_MeV

Array = NDArray[np.float64]


@njit(cache=True)
def bracket_coefficients(T: float, M: float, m: float) -> tuple[float, float, float]:
    """Return (b_0, b_1, b_2) of the bracket b_0 + b_1/E + b_2/E^2 [1/MeV, 1, MeV] at recoil T [MeV].

    At fixed T the cross section is a quadratic polynomial in 1/E: with three moments of the flux the
    rate integral is exact for every M_N (see `nudipole.sources.moments`).
    """
    M2 = M * M
    b_0 = 1.0 / T
    b_1 = -1.0 - M2 / (2.0 * T * m)
    b_2 = M2 * (T - m) / (4.0 * T * m) * (1.0 + M2 / (2.0 * T * m))
    return b_0, b_1, b_2


@njit(cache=True)
def bracket_coefficients_spin0(T: float, M: float, m: float) -> tuple[float, float, float]:
    """Return the same coefficients for a target of spin 0.

    bracket = 1/T - 1/E + T/(4E^2) - M^2/(2mET) - M^2/(4E^2 T) + M^2/(8E^2 m) - M^4/(8E^2 m T^2);
    it differs from that of spin 1/2 by terms of order T/m.
    """
    M2 = M * M
    b_0 = 1.0 / T
    b_1 = -1.0 - M2 / (2.0 * m * T)
    b_2 = 0.25 * T - M2 / (4.0 * T) + M2 / (8.0 * m) - M2 * M2 / (8.0 * m * T * T)
    return b_0, b_1, b_2


@njit(cache=True)
def standard_coefficients(T: float, m: float, g_L: float, g_R: float) -> tuple[float, float, float]:
    """Return (c_0, c_1, c_2) of g_L^2 + g_R^2 (1 - T/E)^2 - g_L g_R m T/E^2, weak scattering of neutrinos on electrons.

    dsigma/dT = STANDARD_CM2_PER_MEV (c_0 + c_1/E + c_2/E^2) at tree level, e.g. Bahcall, Kamionkowski and Sirlin,
    PRD 51 (1995) 6146, eq. 1.
    """
    return g_L * g_L + g_R * g_R, -2.0 * g_R * g_R * T, g_R * T * (g_R * T - g_L * m)


@njit(cache=True)
def _antiderivative(T: float, E: float, M: float, m: float) -> float:
    """Return F(T) with dF/dT = bracket, up to a constant.

    F = ln T [1 - M^2 (2E + m)/(4 E^2 m) + M^4/(8 E^2 m^2)] - T/E + M^2 T/(4 E^2 m) + M^4/(8 E^2 m T).
    """
    M2, E2 = M * M, E * E
    logarithm = 1.0 - M2 * (2.0 * E + m) / (4.0 * E2 * m) + M2 * M2 / (8.0 * E2 * m * m)
    return log(T) * logarithm - T / E + M2 * T / (4.0 * E2 * m) + M2 * M2 / (8.0 * E2 * m * T)


@njit(cache=True, error_model="numpy")
def _bracket(E: float, T: float, M: float) -> float:
    lower, upper = recoil_limits_MeV(E, M, M_E_MEV)
    if not lower <= T <= upper:
        return 0.0
    b_0, b_1, b_2 = bracket_coefficients(T, M, M_E_MEV)
    return b_0 + (b_1 + b_2 / E) / E


@njit(cache=True, error_model="numpy")
def _integrated_bracket(E: float, T_low: float, T_high: float, M: float) -> float:
    lower, upper = recoil_limits_MeV(E, M, M_E_MEV)
    if not lower < upper:
        # below threshold both are NaN, which max and min would drop
        return 0.0
    a, b = max(T_low, lower), min(T_high, upper)
    if not a < b:
        return 0.0
    return _antiderivative(b, E, M, M_E_MEV) - _antiderivative(a, E, M, M_E_MEV)


# Not vectorize: its ufuncs are built at import, which took a quarter of a second of every job.
@njit(cache=True, error_model="numpy")
def _brackets(E: Array, T: Array, M: Array) -> Array:
    found = np.empty(len(E))
    for i in range(len(E)):
        found[i] = _bracket(E[i], T[i], M[i])
    return found


@njit(cache=True, error_model="numpy")
def _integrated_brackets(E: Array, T_low: Array, T_high: Array, M: Array) -> Array:
    found = np.empty(len(E))
    for i in range(len(E)):
        found[i] = _integrated_bracket(E[i], T_low[i], T_high[i], M[i])
    return found


def _elementwise(kernel: Callable[..., Array], *arguments: Array) -> Array:
    """Return a kernel of flat arrays on arguments that broadcast."""
    whole = np.broadcast_arrays(*arguments)
    return kernel(*(each.flatten() for each in whole)).reshape(whole[0].shape)


def _require(condition: NDArray[np.bool_], rule: str, value: NDArray[np.float64]) -> None:
    if not np.all(condition):
        raise DomainError(f"{rule}, got {value[~condition].flat[0]:g}")


def dsigma_dEr_cm2_per_keV(
    E_nu_MeV: ArrayLike, E_r_keV: ArrayLike, M_N_MeV: ArrayLike, mu_nu_muB: ArrayLike
) -> NDArray[np.float64]:
    """Return dsigma/dE_r [cm^2/keV] for scattering on a free electron at rest; arguments broadcast.

    Zero outside the kinematic limits. Raises DomainError unless E_nu > 0, E_r > 0, M_N >= 0.
    """
    E, T_keV, M = (np.asarray(x, float) for x in (E_nu_MeV, E_r_keV, M_N_MeV))
    _require(E > 0, "E_nu_MeV must be positive", E)
    _require(T_keV > 0, "E_r_keV must be positive", T_keV)
    _require(M >= 0, "M_N_MeV must not be negative", M)
    bracket = _elementwise(_brackets, E, T_keV / KEV_PER_MEV, M)
    mu: NDArray[np.float64] = np.asarray(mu_nu_muB, float)
    return ALPHA_MU_B2_CM2 * mu * mu * bracket / KEV_PER_MEV


def sigma_cm2(
    E_nu_MeV: ArrayLike,
    E_r_low_keV: ArrayLike,
    E_r_high_keV: ArrayLike,
    M_N_MeV: ArrayLike,
    mu_nu_muB: ArrayLike,
) -> NDArray[np.float64]:
    """Return the cross section [cm^2] integrated over E_r_low < E_r < E_r_high, in closed form.

    Raises DomainError unless E_nu > 0, E_r_low > 0, M_N >= 0 (at M_N = 0 the cross section diverges
    logarithmically at E_r -> 0).
    """
    E, low_keV, high_keV, M = (np.asarray(x, float) for x in (E_nu_MeV, E_r_low_keV, E_r_high_keV, M_N_MeV))
    _require(E > 0, "E_nu_MeV must be positive", E)
    _require(low_keV > 0, "E_r_low_keV must be positive", low_keV)
    _require(M >= 0, "M_N_MeV must not be negative", M)
    bracket = _elementwise(_integrated_brackets, E, low_keV / KEV_PER_MEV, high_keV / KEV_PER_MEV, M)
    mu: NDArray[np.float64] = np.asarray(mu_nu_muB, float)
    return ALPHA_MU_B2_CM2 * mu * mu * bracket
