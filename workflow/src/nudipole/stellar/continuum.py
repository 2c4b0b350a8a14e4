"""Plasmon decay through a Breit-Wigner resonance of finite width.

    Q/mu^2 = 1/(24 pi^4) int ds (s - M^2)^2 (s + 2 M^2)/s int k^2 dk L(s, w)/(e^{w/T} - 1),   s = K^2
    L(s, w) = w G(w)/((s - omega_p^2)^2 + (w G(w))^2),                     w^2 = k^2 + s

which is the emissivity of arXiv:2007.15563 with dw^2 = ds at fixed k. The resonance is a millionth of the
range in s, so each piece of the range has its own map: the square-root scale near s = M^2, where a cold
star puts the tail; ln|s - omega_p^2| on both flanks; arctan across the peak. The momentum is mapped with
the rapidity eta of the plasmon (w = sqrt(s) cosh eta), which is smooth for any sqrt(s)/T.
The factor e^{-M/T} is taken out: ln Q is finite for every mass.
"""

from math import asinh, atan, exp, expm1, log, log1p, pi, sinh, sqrt, tan
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nudipole.quadrature import Rule, unit_rule
from nudipole.stellar.damping import Damping
from nudipole.stellar.quadrature import LN_EV7_PER_KEV7, THERMAL_DEPTH, Nodes
from nudipole.stellar.star import Star

# The peak panel reaches 20 half-widths: further out the map's own pole at pi/2 would slow the rule down.
PEAK_REACH = 20.0


class Medium(NamedTuple):
    """What the kernels need to know of a core [keV]."""

    T: float
    omega_p2: float
    compton: float
    collision: float


@njit(cache=True)
def _momentum_integral(s: float, d: float, medium: Medium, rule: Rule) -> float:
    """int k^2 dk L(s, w) e^{sqrt(s)/T}/(e^{w/T} - 1) with d = s - omega_p^2, L as in the module docstring."""
    m, T = sqrt(s), medium.T
    boltzmann = exp(-m / T)
    eta_max = 2.0 * asinh(sqrt(0.5 * THERMAL_DEPTH * T / m))
    total = 0.0
    for i in range(rule.x.size):
        excess = 2.0 * m * sinh(0.5 * eta_max * rule.x[i]) ** 2
        omega = m + excess
        width = medium.compton * omega + medium.collision * medium.omega_p2 / omega
        decay = exp(-excess / T)
        k2_dk = excess * (omega + m) * omega
        total += rule.w[i] * k2_dk * width / (d * d + width * width) * decay / (1.0 - boltzmann * decay)
    return total * eta_max


@njit(cache=True)
def _shell(s: float, d: float, above: float, M: float, medium: Medium, thermal: Rule) -> float:
    """Integrand in s, times e^{M/T}; ``above`` is s - M^2, passed so that it never cancels."""
    M2 = M * M
    lift = exp(-above / ((sqrt(s) + M) * medium.T))
    return above * above * (s + 2.0 * M2) / s * lift * _momentum_integral(s, d, medium, thermal)


@njit(cache=True)
def _root_panel(m_lo: float, m_hi: float, M: float, medium: Medium, rule: Rule, thermal: Rule) -> float:
    """Integrate over s with sqrt(s) linear in the node."""
    total = 0.0
    for i in range(rule.x.size):
        m = m_lo + (m_hi - m_lo) * rule.x[i]
        s = m * m
        value = _shell(s, s - medium.omega_p2, (m - M) * (m + M), M, medium, thermal)
        total += rule.w[i] * 2.0 * m * value
    return total * (m_hi - m_lo)


@njit(cache=True)
def _log_panel(
    d_from: float, ln_ratio: float, above_from: float, M: float, medium: Medium, rule: Rule, thermal: Rule
) -> float:
    """Integrate over d = s - omega_p^2 from d_from to d_from e^{ln_ratio} (either flank), ln|d| linear."""
    total = 0.0
    for i in range(rule.x.size):
        t = ln_ratio * rule.x[i]
        d = d_from * exp(t)
        above = above_from + d_from * expm1(t)
        total += rule.w[i] * d * _shell(medium.omega_p2 + d, d, above, M, medium, thermal)
    return total * ln_ratio


@njit(cache=True)
def _peak_panel(
    d_lo: float, d_hi: float, half_width: float, M: float, medium: Medium, rule: Rule, thermal: Rule
) -> float:
    """Integrate over d = half_width tan(y) from d_lo to d_hi."""
    y_lo = atan(d_lo / half_width)
    y_span = atan(d_hi / half_width) - y_lo
    total = 0.0
    for i in range(rule.x.size):
        slope = tan(y_lo + y_span * rule.x[i])
        d = half_width * slope
        value = _shell(medium.omega_p2 + d, d, medium.omega_p2 - M * M + d, M, medium, thermal)
        total += rule.w[i] * (1.0 + slope * slope) * value
    return total * y_span * half_width


@njit(cache=True)
def _lower_flank(s_lo: float, reach: float, M: float, medium: Medium, rule: Rule, thermal: Rule) -> float:
    """Integrate from s_lo to omega_p^2 - reach, in two panels that meet halfway."""
    s_mid = 0.5 * (s_lo + medium.omega_p2 - reach)
    m_lo = sqrt(s_lo)
    m_hi = min(sqrt(s_mid), m_lo + THERMAL_DEPTH * medium.T)
    d_mid = s_mid - medium.omega_p2
    near = _root_panel(m_lo, m_hi, M, medium, rule, thermal)
    return near + _log_panel(d_mid, log(-reach / d_mid), s_mid - M * M, M, medium, rule, thermal)


@njit(cache=True)
def _upper_flank(s_lo: float, reach: float, M: float, medium: Medium, rule: Rule, thermal: Rule) -> float:
    """Integrate from max(s_lo, omega_p^2 + reach) to where the Boltzmann factor has fallen by e^-45."""
    d_from = max(s_lo - medium.omega_p2, reach)
    above_from = max(s_lo, medium.omega_p2 + reach) - M * M
    climb = THERMAL_DEPTH * medium.T
    ln_ratio = log1p(climb * (2.0 * sqrt(medium.omega_p2 + d_from) + climb) / d_from)
    return _log_panel(d_from, ln_ratio, above_from, M, medium, rule, thermal)


@njit(cache=True)
def _ln_q_keV7(M: float, s_floor: float, medium: Medium, peak: Rule, tail: Rule, thermal: Rule) -> float:
    """ln(Q/mu^2) in keV^7 from s > max(M^2, s_floor)."""
    half_width = sqrt(medium.omega_p2) * (medium.compton + medium.collision)
    reach = min(PEAK_REACH * half_width, 0.5 * medium.omega_p2)
    s_lo = max(M * M, s_floor)
    d_lo = s_lo - medium.omega_p2
    total = _upper_flank(s_lo, reach, M, medium, tail, thermal)
    if d_lo < reach:
        total += _peak_panel(max(d_lo, -reach), reach, half_width, M, medium, peak, thermal)
    if d_lo < -reach:
        total += _lower_flank(s_lo, reach, M, medium, tail, thermal)
    return log(total / (24.0 * pi**4)) - M / medium.T


@njit(cache=True)
def _ln_q_grid_keV7(
    M: NDArray[np.float64], s_floor: float, medium: Medium, peak: Rule, tail: Rule, thermal: Rule
) -> NDArray[np.float64]:
    """Loop of _ln_q_keV7 over an array of masses."""
    out = np.empty(M.size)
    for i in range(M.size):
        out[i] = _ln_q_keV7(M[i], s_floor, medium, peak, tail, thermal)
    return out


def ln_continuum_eV7(
    star: Star, damping: Damping, M_N_keV: NDArray[np.float64], nodes: Nodes, K_floor_keV: float = 0.0
) -> NDArray[np.float64]:
    """Return ln(Q/mu^2/eV^7), mu in eV^-1, from plasmons with K > max(M_N, K_floor) (module docstring).

    Finite for every M_N. ``M_N_keV`` is one-dimensional and not negative; the callers check it.
    """
    medium = Medium(star.T_keV, star.omega_p_keV**2, damping.compton_keV, damping.collision_keV)
    rules = (unit_rule(nodes.resonance), unit_rule(nodes.tail), unit_rule(nodes.thermal))
    ln_q: NDArray[np.float64] = _ln_q_grid_keV7(M_N_keV, K_floor_keV**2, medium, *rules)
    return ln_q + LN_EV7_PER_KEV7
