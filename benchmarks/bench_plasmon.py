"""The plasmon integral Q(M_N) of a red giant: our fixed rules beside scipy's adaptive quadrature."""

import warnings
from collections.abc import Callable
from math import exp, expm1, log, pi, sqrt

from benchmarks.record import Effort, Record
from benchmarks.record import compare as timed
from scipy import integrate

from nudipole.stellar.damping import thomson_width_keV
from nudipole.stellar.emission import ln_q_over_mu2_eV7
from nudipole.stellar.star import RED_GIANT

G_T_KEV = thomson_width_keV(RED_GIANT.n_e_per_cm3)
T_KEV = RED_GIANT.T_keV
OMEGA_P2_KEV2 = RED_GIANT.omega_p_keV**2
EV7_PER_KEV7 = 1e21


def integrand(s: float, k: float, M: float) -> float:
    """The integrand of arXiv:2007.15563 over s = K^2 and k, for mu = 1, as it is printed there."""
    omega = sqrt(k * k + s)
    width = omega * G_T_KEV
    resonance = width / ((s - OMEGA_P2_KEV2) ** 2 + width**2)
    decay = s * s / (24.0 * pi) * (1.0 - M * M / s) ** 2 * (1.0 + 2.0 * M * M / s)
    return k * k / pi**3 * resonance * decay / (exp(omega / T_KEV) - 1.0)


def by_nquad(M: float) -> float:
    """ln(Q/mu^2/eV^7) by nested adaptive quadrature that is told where the resonance is."""
    top = (max(M, RED_GIANT.omega_p_keV) + 40.0 * T_KEV) ** 2
    spread = [OMEGA_P2_KEV2 + sign * 10.0**p for p in (-2, -1, 0, 1, 2) for sign in (-1, 1)]
    points = [point for point in (*spread, OMEGA_P2_KEV2) if M * M < point < top]
    options = [{"points": points, "epsrel": 1e-8, "limit": 400}, {"epsrel": 1e-7, "limit": 200}]
    value, _ = integrate.nquad(lambda s, k: integrand(s, k, M), [(M * M, top), (0.0, top**0.5)], opts=options)
    return log(value * EV7_PER_KEV7)


def by_dblquad(M: float) -> float:
    """ln(Q/mu^2/eV^7) by dblquad as one would write it, without a hint about the resonance.

    Whether it finds the resonance is luck: from one mass or box to the next the same call is right to 1e-10
    or wrong by tens of percent, with warnings and with an error estimate of 1e-4.
    """
    top = (max(M, RED_GIANT.omega_p_keV) + 40.0 * T_KEV) ** 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", integrate.IntegrationWarning)
        value, _ = integrate.dblquad(lambda s, k: integrand(s, k, M), 0.0, top**0.5, M * M, top)
    return log(value * EV7_PER_KEV7)


def compare(alternative: str, function: Callable[[float], float], M: float, effort: Effort) -> Record:
    """Time both and take the relative difference in Q."""
    return timed(
        "plasmon integral",
        f"red giant, finite width, M_N = {M:g} keV, one mass",
        lambda: ln_q_over_mu2_eV7(RED_GIANT, M),
        alternative,
        lambda: function(M),
        abs(expm1(function(M) - float(ln_q_over_mu2_eV7(RED_GIANT, M)))),
        effort,
        is_slow=True,
    )


def run(effort: Effort) -> list[Record]:
    """Compare below and above the resonance, and show one lucky and one unlucky plain dblquad."""
    hinted_keV, plain_keV = ((30.0,), (10.0,)) if effort.is_quick else ((0.0, 10.0, 30.0), (0.0, 10.0))
    hinted = [compare("scipy nquad, points at the resonance", by_nquad, M, effort) for M in hinted_keV]
    plain = [compare("scipy dblquad, no hint", by_dblquad, M, effort) for M in plain_keV]
    return hinted + plain
