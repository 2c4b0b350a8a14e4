"""Plasmon decay on the mass shell: the narrow limit of the reference, and Braaten-Segel plasmons.

    Q/mu^2 = sum_s g_s/(48 pi^3) int k^2 dk Z_s (K^2 - M^2)^2 (K^2 + 2 M^2)/K^2 /(e^{w/T} - 1),   K_s(k) > M

g = 2 (transverse), 1 (longitudinal). The narrow limit is the transverse term with K = omega_p, Z = 1. Each
kernel takes out the Boltzmann factor of the lowest allowed energy, so ln Q never underflows.
"""

from math import acosh, asinh, cosh, exp, log, pi, sinh, sqrt, tanh

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nudipole.quadrature import Rule, unit_rule
from nudipole.stellar.dispersion import (
    longitudinal_reach,
    longitudinal_residue,
    longitudinal_shape,
    transverse_rapidity,
    transverse_residue,
    transverse_shape,
)
from nudipole.stellar.quadrature import LN_EV7_PER_KEV7, THERMAL_DEPTH, Nodes
from nudipole.stellar.star import Star


@njit(cache=True)
def _phase_space(K2: float, above: float, M2: float) -> float:
    """K^4 (1 - r)^2 (1 + 2r) with r = M^2/K^2, from above = K^2 - M^2 so that it does not cancel."""
    return above * above * (K2 + 2.0 * M2) / K2


@njit(cache=True)
def _ln_narrow_keV7(M: float, T: float, omega_p: float, rule: Rule) -> float:
    """ln(Q/mu^2) in keV^7 of transverse plasmons with w^2 = k^2 + omega_p^2."""
    if omega_p <= M:
        return -np.inf
    boltzmann = exp(-omega_p / T)
    eta_max = 2.0 * asinh(sqrt(0.5 * THERMAL_DEPTH * T / omega_p))
    total = 0.0
    for i in range(rule.x.size):
        excess = 2.0 * omega_p * sinh(0.5 * eta_max * rule.x[i]) ** 2
        energy = omega_p + excess
        decay = exp(-excess / T)
        total += rule.w[i] * excess * (energy + omega_p) * energy * decay / (1.0 - boltzmann * decay)
    phase = _phase_space(omega_p**2, (omega_p - M) * (omega_p + M), M * M)
    return log(phase * total * eta_max / (24.0 * pi**3)) - omega_p / T


@njit(cache=True)
def _ln_transverse_keV7(M: float, T: float, omega_p: float, v: float, rule: Rule) -> float:
    """ln(Q_T/mu^2) in keV^7. The integration variable is the rapidity: w = K cosh(eta), k = K sinh(eta)."""
    r = (M / omega_p) ** 2
    if r >= transverse_shape(v)[0]:
        return -np.inf
    eta_min = transverse_rapidity(r, v)
    shape_min = transverse_shape(v * tanh(eta_min))[0]
    K_min = omega_p * sqrt(shape_min)
    w_min = K_min * cosh(eta_min)
    eta_span = acosh((w_min + THERMAL_DEPTH * T) / K_min) - eta_min
    below = max(0.0, 1.0 - r)
    total = 0.0
    for i in range(rule.x.size):
        eta = eta_min + eta_span * rule.x[i]
        velocity = tanh(eta)
        shape, slope = transverse_shape(v * velocity)
        K2 = omega_p**2 * shape
        K = sqrt(K2)
        energy, k = K * cosh(eta), K * sinh(eta)
        dk = energy + sinh(eta) * omega_p**2 * slope * v * (1.0 - velocity * velocity) / (2.0 * K)
        above = omega_p**2 * (shape - shape_min + below)
        bose = exp(-(energy - w_min) / T) / (1.0 - exp(-energy / T))
        Z = transverse_residue(energy * energy, k * k, v * v, omega_p**2)
        total += rule.w[i] * k * k * dk * Z * _phase_space(K2, above, M * M) * bose
    total *= eta_span / (24.0 * pi**3)
    return log(total) - w_min / T if total > 0.0 else -np.inf


@njit(cache=True)
def _ln_longitudinal_keV7(M: float, T: float, omega_p: float, v: float, rule: Rule) -> float:
    """ln(Q_L/mu^2) in keV^7. The integration variable is x = v k/w, from 0 to where K_L = M."""
    if omega_p <= M:
        return -np.inf
    M2, omega_p2 = M * M, omega_p**2
    x_max = longitudinal_reach(M2 / omega_p2, (1.0 + THERMAL_DEPTH * T / omega_p) ** 2, v)
    total = 0.0
    for i in range(rule.x.size):
        node = x_max * rule.x[i]
        shape, slope = longitudinal_shape(node)
        energy = omega_p * sqrt(shape)
        k = node * energy / v
        K2 = energy * energy * (1.0 - (node / v) ** 2)
        dk = (energy + node * omega_p2 * slope / (2.0 * energy)) / v
        bose = exp(-(energy - omega_p) / T) / (1.0 - exp(-energy / T))
        Z = longitudinal_residue(energy * energy, k * k, v * v, omega_p2)
        total += rule.w[i] * k * k * dk * Z * _phase_space(K2, K2 - M2, M2) * bose
    total *= x_max / (48.0 * pi**3)
    return log(total) - omega_p / T if total > 0.0 else -np.inf


@njit(cache=True)
def _ln_narrow_grid_keV7(M: NDArray[np.float64], T: float, omega_p: float, rule: Rule) -> NDArray[np.float64]:
    """Loop over masses."""
    out = np.empty(M.size)
    for i in range(M.size):
        out[i] = _ln_narrow_keV7(M[i], T, omega_p, rule)
    return out


@njit(cache=True)
def _ln_modes_grid_keV7(M: NDArray[np.float64], T: float, omega_p: float, v: float, rule: Rule) -> NDArray[np.float64]:
    """Loop over masses; the two rows are the transverse and the longitudinal mode."""
    out = np.empty((2, M.size))
    for i in range(M.size):
        out[0, i] = _ln_transverse_keV7(M[i], T, omega_p, v, rule)
        out[1, i] = _ln_longitudinal_keV7(M[i], T, omega_p, v, rule)
    return out


def ln_narrow_eV7(star: Star, M_N_keV: NDArray[np.float64], nodes: Nodes) -> NDArray[np.float64]:
    """Return ln(Q/mu^2/eV^7), mu in eV^-1, of the narrow limit (module docstring).

    Q = mu^2 omega_p^4/(24 pi) (1 - r)^2 (1 + 2r) int k^2 dk/pi^2/(e^{w/T} - 1), r = M^2/omega_p^2: the
    limit G_T -> 0 of arXiv:2007.15563. -inf for M_N >= omega_p, where the decay is forbidden.
    """
    ln_q: NDArray[np.float64] = _ln_narrow_grid_keV7(M_N_keV, star.T_keV, star.omega_p_keV, unit_rule(nodes.thermal))
    return ln_q + LN_EV7_PER_KEV7


def ln_modes_eV7(star: Star, M_N_keV: NDArray[np.float64], nodes: Nodes) -> NDArray[np.float64]:
    """Return ln(Q_s/mu^2/eV^7), mu in eV^-1: row 0 the transverse plasmons, row 1 the longitudinal ones.

    Module docstring, with the dispersion and residues of hep-ph/9302213. -inf above the transverse threshold
    (row 0) and for M_N >= omega_p (row 1), where the decay is forbidden.
    """
    ln_q: NDArray[np.float64] = _ln_modes_grid_keV7(
        M_N_keV, star.T_keV, star.omega_p_keV, star.v_F, unit_rule(nodes.thermal)
    )
    return ln_q + LN_EV7_PER_KEV7
