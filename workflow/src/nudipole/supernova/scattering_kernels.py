"""Amplitude of nu(p1) + X(p2) -> N(p3) + X(p4) for each helicity of N, and its rates on a Fermi gas.

With q = p1 - p3, tau = -q^2 > 0, P = (p2 + p4)/2 and targets X of mass m and unit charge, spin averaged,

    |M_h|^2 = 8 pi alpha mu^2 F(tau) X_h,     F = 1/(tau (tau + k_S^2))  or  1/(tau + k_S^2)^2 (squared screening),
    X_h = 4 tau (K P)(p1 P) + (tau - 4 m^2)(p1 q)(K q) - 2 m^2 tau (K p1),

where K_h = (E3 + h p3)(1, h p3/|p3|): the trace is linear in p3, and the spin of N replaces p3 by (p3 -+ M s)/2, which
is lightlike. The sum over h puts K = 2 p3 and gives 2 tau S (S - tau - M^2) - M^2 (M^2 + tau)(2 m^2 - tau) with
S = s - m^2, the spin-summed amplitude of arXiv:2007.15563. h = +1 is the helicity that survives at M = 0
(right-handed N, left-handed antiparticle). The same X_h with p2 and p4 exchanged holds for absorption.

Rates are per state of N, Gamma = 2 pi^2/(p E) dn/(dt dE), for mu = 1/MeV, energies in MeV.
"""

from math import exp, pi, sqrt
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nudipole.compilation import BORROWS
from nudipole.constants import ALPHA
from nudipole.supernova.fermi_integrals import blocked_moments

Array = NDArray[np.float64]
DEPTH = 25.0
"""Neutrinos more than this many T above N and above their chemical potential are left out: e^-25."""


class Screening(NamedTuple):
    """Static screening of the exchanged photon."""

    k2_MeV2: float
    squared: bool


class FermiGas(NamedTuple):
    """Targets in thermal equilibrium; the chemical potential includes the mass.

    inverse_size2 is 1/Lambda^2 of a dipole form factor (1 + tau/Lambda^2)^-2, 0 for points.
    """

    mass_MeV: float
    mu_MeV: float
    T_MeV: float
    inverse_size2_per_MeV2: float


@njit(**BORROWS)
def occupation(E: float, mu: float, T: float) -> float:
    """Return the Fermi-Dirac occupation."""
    return 1.0 / (exp((E - mu) / T) + 1.0)


@njit(**BORROWS)
def propagator(tau: float, screening: Screening) -> float:
    """Return F(tau) of the module docstring [MeV^-4]."""
    if screening.squared:
        return 1.0 / (tau + screening.k2_MeV2) ** 2
    return 1.0 / (tau * (tau + screening.k2_MeV2))


@njit(**BORROWS)
def lightlike(E: float, p: float, M2: float, helicity: int) -> tuple[float, float]:
    """Return K = (k_0, k along p) of a helicity: k_0 = E + h p, with E - p = M^2/(E + p)."""
    k_0 = E + p if helicity > 0 else M2 / (E + p)
    return k_0, helicity * k_0


@njit(**BORROWS)
def _blocked_energy_moments(E_P: float, q_0: float, gas: FermiGas) -> tuple[float, float]:
    """Return int dE f(E + q_0/2) (1 - f(E - q_0/2)) E^n from E_P, n = 0 and 2: X(p4) gives the energy q_0 away."""
    T = gas.T_MeV
    g_0, g_1, g_2 = blocked_moments((gas.mu_MeV - 0.5 * q_0 - E_P) / T, -q_0 / T)
    return T * g_0, T * (E_P * (E_P * g_0 + 2.0 * T * g_1) + T * T * g_2)


class Transfer(NamedTuple):
    """Momentum transfer in the rest frame of the medium: p1 along and across q, A_1 = E_1 - p1_par q_0/q."""

    E_1: float
    q_0: float
    q: float
    tau: float
    along: float
    across2: float


@njit(**BORROWS)
def _mean_amplitude(E: float, p: float, M2: float, m2: float, helicity: int, transfer: Transfer) -> tuple[float, float]:
    """Return (x_0, x_2) of <X_h> = x_0 + x_2 E_P^2, E_P = (E_2 + E_4)/2, averaged over the azimuth of the target.

    P is orthogonal to q: P_par = E_P q_0/q and P_perp^2 = E_P^2 tau/q^2 - m^2 - tau/4; p1 and p3 have the same
    component across q.
    """
    E_1, q_0, q, tau, along, across2 = transfer
    k_0, k = lightlike(E, p, M2, helicity)
    A_1 = E_1 - along * q_0 / q
    A_K = k_0 - k / p * (along - q) * q_0 / q
    K_p1 = k_0 * E_1 - k / p * (E_1 * E - 0.5 * (tau + M2))
    half = 0.5 * k / p * across2
    x_2 = 4.0 * tau * (A_K * A_1 + half * tau / (q * q))
    x_0 = -4.0 * tau * half * (m2 + 0.25 * tau) - 0.5 * (tau - 4.0 * m2) * (tau + M2) * (K_p1 - M2)
    return x_0 - 2.0 * m2 * tau * K_p1, x_2


@njit(**BORROWS)
def _transfer_integrand(
    E: float, p: float, E_1: float, q: float, M2: float, gas: FermiGas, screening: Screening
) -> tuple[float, float]:
    """Return F(tau) int dE_P <X_h> f_4 (1 - f_2) at fixed E_1 and |q|, for h = +1 and -1."""
    m2, q_0 = gas.mass_MeV**2, E_1 - E
    tau = (q - q_0) * (q + q_0)
    if not tau > 0.0:
        return 0.0, 0.0
    along = (E_1 * E_1 + (q - p) * (q + p)) / (2.0 * q)
    transfer = Transfer(E_1, q_0, q, tau, along, max((E_1 - along) * (E_1 + along), 0.0))
    n_0, n_2 = _blocked_energy_moments(0.5 * q * sqrt(1.0 + 4.0 * m2 / tau), q_0, gas)
    a_0, a_2 = _mean_amplitude(E, p, M2, m2, 1, transfer)
    b_0, b_2 = _mean_amplitude(E, p, M2, m2, -1, transfer)
    F = propagator(tau, screening) / (1.0 + tau * gas.inverse_size2_per_MeV2) ** 4
    return F * (a_0 * n_0 + a_2 * n_2), F * (b_0 * n_0 + b_2 * n_2)


@njit(**BORROWS)
def fermi_gas_loss(
    E: float, M: float, mu_nu: float, gas: FermiGas, screening: Screening, x: Array, w: Array
) -> tuple[float, float]:
    """Return the absorption rate of N [MeV^3] for each helicity by scattering on a Fermi gas.

    Gamma = alpha mu^2/(8 pi^2 p E) int dE_1 (1 - f_nu) int dq F int dE_P <X_h> f_4 (1 - f_2), over both spins of X.
    Production is e^{-(E - mu_nu)/T} of it, exactly: f_1 f_2 (1 - f_4) and (1 - f_1)(1 - f_2) f_4 have this ratio at
    every point. x, w: a rule on [0, 1].
    """
    p, T = sqrt((E - M) * (E + M)), gas.T_MeV
    # where the lower end of the range of q has a corner; nodes crowd there
    edge = 0.5 * (E + p)
    top = max(E, mu_nu) + DEPTH * T
    plus = minus = 0.0
    for side in range(2):
        span = -edge if side == 0 else top - edge
        for i in range(x.size):
            E_1 = edge + span * x[i] * x[i]
            weight = 2.0 * x[i] * abs(span) * w[i] * (1.0 - occupation(E_1, mu_nu, T))
            low, high = max(abs(E_1 - p), abs(E_1 - E)), E_1 + p
            for j in range(x.size):
                a, b = _transfer_integrand(E, p, E_1, low + (high - low) * x[j], M * M, gas, screening)
                plus += weight * w[j] * (high - low) * a
                minus += weight * w[j] * (high - low) * b
    factor = ALPHA / (8.0 * pi**2 * p * E)
    return factor * plus, factor * minus
