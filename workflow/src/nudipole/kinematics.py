"""Kinematics of nu(E_nu) + X(at rest, mass m) -> N(M_N) + X(recoil energy E_r), all exact.

Inside these functions E, M, T, m stand for E_nu, M_N, E_r and the target mass, in MeV. Two formulas of
the talk this analysis started from are misprinted: its massive cos(theta) has M^2 where M^2/2
belongs, and its "E_r^min ~ M^2/(2(m_e + M))" is the recoil at threshold, not the minimum at given
E_nu (M = 100 keV, E = 862 keV: the true minimum is 0.034 keV, not 8.2 keV).
"""

from math import sqrt

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from nudipole.constants import M_E_MEV


@njit(cache=True)
def threshold_MeV(M_N_MeV: float, m_MeV: float = M_E_MEV) -> float:
    """Return the smallest neutrino energy that makes N: E = M + M^2/(2m)."""
    return M_N_MeV + M_N_MeV**2 / (2.0 * m_MeV)


@njit(cache=True)
def M_N_max_MeV(E_nu_MeV: float, m_MeV: float = M_E_MEV) -> float:
    """Return the largest M_N a neutrino of energy E can make: sqrt(m^2 + 2 m E) - m.

    Written as 2 m E/(sqrt(m^2 + 2 m E) + m), which does not cancel at small E.
    """
    return 2.0 * m_MeV * E_nu_MeV / (sqrt(m_MeV**2 + 2.0 * m_MeV * E_nu_MeV) + m_MeV)


@njit(cache=True)
def recoil_limits_MeV(E_nu_MeV: float, M_N_MeV: float, m_MeV: float = M_E_MEV) -> tuple[float, float]:
    """Return (E_r min, E_r max) at fixed E_nu; (nan, nan) below threshold.

    max = [2 m E^2 - M^2 (E + m) + E sqrt((2 m E - M^2)^2 - 4 m^2 M^2)] / (2 m (m + 2E));
    min = M^4/(4 m (m + 2E) max), because the direct form with -sqrt cancels catastrophically.
    """
    E, M, m = E_nu_MeV, M_N_MeV, m_MeV
    if threshold_MeV(M, m) > E:
        return np.nan, np.nan
    discriminant = (2.0 * m * E - M * M) ** 2 - 4.0 * m * m * M * M
    root = sqrt(max(discriminant, 0.0))
    upper = (2.0 * m * E * E - M * M * (E + m) + E * root) / (2.0 * m * (m + 2.0 * E))
    return M**4 / (4.0 * m * (m + 2.0 * E) * upper), upper


@njit(cache=True)
def E_nu_min_MeV(E_r_MeV: float, M_N_MeV: float, m_MeV: float = M_E_MEV) -> float:
    """Return the smallest E_nu that gives the recoil T: (m T + M^2/2)/(k - T), k = sqrt(T^2 + 2 m T).

    1/(k - T) is written (k + T)/(2 m T), which does not cancel at large T; T must be positive.
    """
    T, m = E_r_MeV, m_MeV
    k = sqrt(T * T + 2.0 * m * T)
    return (m * T + 0.5 * M_N_MeV**2) * (k + T) / (2.0 * m * T)


def M_N_at_limit_MeV(E_nu_MeV: ArrayLike, E_r_MeV: ArrayLike, m_MeV: float = M_E_MEV) -> NDArray[np.float64]:
    """Return the M_N for which the recoil T is a limit at E_nu: M^2 = 2 [E (k - T) - m T], k = sqrt(T^2 + 2 m T).

    The inverse of E_nu_min in the mass; arguments broadcast; NaN where T exceeds the largest recoil of a massless N.
    """
    E, T = np.asarray(E_nu_MeV, float), np.asarray(E_r_MeV, float)
    M2: NDArray[np.float64] = 2.0 * (E * (np.sqrt(T * (T + 2.0 * m_MeV)) - T) - m_MeV * T)
    return np.sqrt(np.where(M2 >= 0.0, M2, np.nan))


def cos_theta_recoil(
    E_nu_MeV: ArrayLike, E_r_MeV: ArrayLike, M_N_MeV: ArrayLike, m_MeV: float = M_E_MEV
) -> NDArray[np.float64]:
    """Return the cosine of the recoil angle to the neutrino: [T(E + m) + M^2/2]/[E sqrt(T(T + 2m))].

    Arguments broadcast as NumPy arrays. Between the recoil limits the result lies in [0, 1]; it is 1 at both.
    """
    E, T, M = (np.asarray(x, float) for x in (E_nu_MeV, E_r_MeV, M_N_MeV))
    return np.asarray((T * (E + m_MeV) + 0.5 * M * M) / (E * np.sqrt(T * (T + 2.0 * m_MeV))))
