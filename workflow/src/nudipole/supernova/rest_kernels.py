"""Scattering on protons at rest with their exact recoil and dipole form factor.

nu(E_1) + p -> N(E) + p with E_1 = E + T_p (gain) and N(E) + p -> nu(E_1) + p with E_1 = E - T_p (loss); tau = 2 m T_p:

    Gamma_h = n_p alpha mu^2/(8 m^2 p E) int dtau F(tau) G_D^2 X_h {f_nu(E_1) | 1 - f_nu(E_1)},

G_D = (1 + tau/Lambda^2)^-2, per state of N. The proton's Pauli blocking (<1 - f_p> = 0.81 at 30 MeV, 3e14 g/cm^3) and
motion are left out here; `fermi_gas_loss` on protons has both. The magnetic moments of the nucleons, which add 2 to
4 %, are left out in both.
"""

from math import sqrt

import numpy as np
from numba import njit

from nudipole.compilation import BORROWS
from nudipole.constants import ALPHA, M_P_MEV
from nudipole.supernova.scattering_kernels import DEPTH, Array, Screening, lightlike, occupation, propagator

DIPOLE_MASS2_MEV2 = 0.71e6
"""Lambda^2 of the proton's electric form factor (Hofstadter's dipole)."""


@njit(**BORROWS)
def _recoil_range(E: float, p: float, M2: float, sign: int) -> tuple[float, float]:
    """Return the recoils T at fixed E: |E_1 - p| < sqrt(T^2 + 2 m T) < E_1 + p with E_1 = E + sign T.

    T (m - sign (E -+ p)) is above, below (E -+ p)^2/2: no recoil does if E - p > m, every large one if E + p > m.
    """
    fast, slow = E + p, M2 / (E + p)
    above, below = M_P_MEV - sign * slow, M_P_MEV - sign * fast
    low = 0.5 * slow * slow / above if above > 0.0 else np.inf
    return low, 0.5 * fast * fast / below if below > 0.0 else np.inf


@njit(**BORROWS)
def _rest_amplitude(E: float, p: float, M2: float, tau: float, sign: int, helicity: int) -> float:
    """Return X_h for a proton at rest, before (sign = 1) or after it takes the momentum from N (sign = -1)."""
    m = M_P_MEV
    E_1 = E + sign * 0.5 * tau / m
    k_0, k = lightlike(E, p, M2, helicity)
    p1_q = -0.5 * (tau + M2)
    K_p1 = k_0 * E_1 - k / p * (E_1 * E + p1_q)
    K_q = K_p1 - M2
    P_product = (m * k_0 + sign * 0.5 * K_q) * (m * E_1 + sign * 0.5 * p1_q)
    return 4.0 * tau * P_product + (tau - 4.0 * m * m) * p1_q * K_q - 2.0 * m * m * tau * K_p1


@njit(**BORROWS)
def rest_rate(
    E: float, M: float, T: float, mu_nu: float, n_p: float, screening: Screening, sign: int, x: Array, w: Array
) -> tuple[float, float]:
    """Return Gamma_h [MeV^3] (module docstring) of both helicities: gain (sign = 1) or loss (sign = -1)."""
    M2 = M * M
    p = sqrt((E - M) * (E + M))
    low, high = _recoil_range(E, p, M2, sign)
    high = min(high, max(0.0, mu_nu - E) + DEPTH * T) if sign > 0 else high
    if not high > low:
        return 0.0, 0.0
    plus = minus = 0.0
    for i in range(x.size):
        recoil = low + (high - low) * x[i] * x[i]
        tau = 2.0 * M_P_MEV * recoil
        E_1 = E + sign * recoil
        f = occupation(E_1, mu_nu, T)
        weight = 2.0 * x[i] * w[i] * propagator(tau, screening) * (f if sign > 0 else 1.0 - f)
        weight /= (1.0 + tau / DIPOLE_MASS2_MEV2) ** 4
        plus += weight * _rest_amplitude(E, p, M2, tau, sign, 1)
        minus += weight * _rest_amplitude(E, p, M2, tau, sign, -1)
    factor = n_p * ALPHA * 2.0 * M_P_MEV * (high - low) / (8.0 * M_P_MEV**2 * p * E)
    return factor * plus, factor * minus
