"""Emissivity of a stellar core in gamma* -> nubar N and nu Nbar, for four models of the plasmon."""

from enum import StrEnum
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nudipole.constants import ERG_PER_EV, HBAR_EV_S, HBARC_EV_CM, MU_B_PER_EV
from nudipole.errors import DomainError
from nudipole.stellar.continuum import ln_continuum_eV7
from nudipole.stellar.damping import physical_damping, reference_damping
from nudipole.stellar.dispersion import transverse_threshold_keV
from nudipole.stellar.on_shell import ln_modes_eV7, ln_narrow_eV7
from nudipole.stellar.quadrature import DEFAULT_NODES, Nodes
from nudipole.stellar.star import Star

# Up to here the low-K tail of FINITE_WIDTH adds at most 4 % to Q(0) (n_e = 1e30 cm^-3). At omega_p = 25 T it
# is as large as the plasmon pole, at 60 T 1e11 times larger.
COLDEST_RATIO = 20.0


class Emission(StrEnum):
    """How the plasmon is described.

    FINITE_WIDTH: the formula of arXiv:2007.15563, a Breit-Wigner of constant mass omega_p and width G_T.
    NARROW: its limit G_T -> 0. BRAATEN_SEGEL: transverse and longitudinal plasmons on their mass shell.
    DAMPED: the Braaten-Segel plasmons plus the transverse Breit-Wigner tail above the transverse threshold,
    K > omega_p sqrt(f(v_F)), with the physical damping. In the red giant the tail adds 0.4 % to a massless N;
    above the threshold only the tail is left. The two parts cover disjoint ranges of K: nothing counts twice,
    and the curve is continuous and monotonic.
    """

    FINITE_WIDTH = "finite_width"
    NARROW = "narrow"
    BRAATEN_SEGEL = "braaten_segel"
    DAMPED = "damped"


def masses_keV(M_N_keV: ArrayLike) -> NDArray[np.float64]:
    """Return the masses as an array; DomainError unless all are finite and not negative."""
    masses = np.asarray(M_N_keV, dtype=np.float64)
    if not np.all(np.isfinite(masses) & (masses >= 0.0)):
        raise DomainError("M_N_keV must be finite and not negative")
    return masses


def _check_not_cold(star: Star) -> None:
    """Refuse FINITE_WIDTH where the Breit-Wigner is dominated by its own tail at K << omega_p.

    The pole is suppressed by e^{-omega_p/T} and the tail only by G_T T^n: the tail wins in a cold core. It is
    an artefact of a width and a mass that stay constant down to K = 0.
    """
    ratio = star.omega_p_keV / star.T_keV
    if ratio > COLDEST_RATIO:
        raise DomainError(
            f"star {star.name!r}: omega_p/T = {ratio:.3g} exceeds {COLDEST_RATIO:g}, where emission "
            f"{Emission.FINITE_WIDTH} comes from the low-K tail of its Breit-Wigner; "
            f"use {Emission.BRAATEN_SEGEL} or {Emission.NARROW}"
        )


def _ln_finite_width_eV7(star: Star, masses: NDArray[np.float64], nodes: Nodes) -> NDArray[np.float64]:
    _check_not_cold(star)
    return ln_continuum_eV7(star, reference_damping(star), masses, nodes)


def _ln_braaten_segel_eV7(star: Star, masses: NDArray[np.float64], nodes: Nodes) -> NDArray[np.float64]:
    transverse, longitudinal = ln_modes_eV7(star, masses, nodes)
    total: NDArray[np.float64] = np.logaddexp(transverse, longitudinal)
    return total


def _ln_damped_eV7(star: Star, masses: NDArray[np.float64], nodes: Nodes) -> NDArray[np.float64]:
    floor_keV = transverse_threshold_keV(star.omega_p_keV, star.v_F)
    tail = ln_continuum_eV7(star, physical_damping(star), masses, nodes, floor_keV)
    total: NDArray[np.float64] = np.logaddexp(_ln_braaten_segel_eV7(star, masses, nodes), tail)
    return total


def ln_q_over_mu2_eV7(
    star: Star,
    M_N_keV: ArrayLike,
    emission: Emission = Emission.FINITE_WIDTH,
    *,
    nodes: Nodes = DEFAULT_NODES,
) -> NDArray[np.float64]:
    """Return ln(Q/mu^2) with Q/mu^2 in eV^7 (Q in eV^5, mu in eV^-1), in the shape of ``M_N_keV``.

    The logarithm, because Q falls like e^{-M/T} and a double ends at M = 700 T. FINITE_WIDTH and DAMPED are
    finite at every mass; NARROW is -inf for M_N >= omega_p and BRAATEN_SEGEL above the transverse threshold,
    where the decay is forbidden. Accuracy 1e-6 in Q with the default nodes. Equations and sources: Emission,
    and the modules continuum and on_shell. N is assumed to leave the core: no trapping, no decay inside.
    FINITE_WIDTH raises DomainError in a cold core, omega_p > 20 T (see _check_not_cold).
    """
    masses = masses_keV(M_N_keV)
    flat = masses.ravel()
    match Emission(emission):
        case Emission.FINITE_WIDTH:
            ln_q = _ln_finite_width_eV7(star, flat, nodes)
        case Emission.NARROW:
            ln_q = ln_narrow_eV7(star, flat, nodes)
        case Emission.BRAATEN_SEGEL:
            ln_q = _ln_braaten_segel_eV7(star, flat, nodes)
        case Emission.DAMPED:
            ln_q = _ln_damped_eV7(star, flat, nodes)
    return ln_q.reshape(masses.shape)


def q_erg_per_g_s(
    star: Star,
    M_N_keV: ArrayLike,
    mu_nu_muB: float,
    emission: Emission = Emission.FINITE_WIDTH,
    *,
    nodes: Nodes = DEFAULT_NODES,
) -> NDArray[np.float64]:
    """Return the energy loss Q/rho [erg/g/s] for the moment mu_nu (sqrt(sum_a |mu_a|^2) over flavours).

    Underflows to zero above M_N = 700 T; use ln_q_over_mu2_eV7 there.
    """
    if not (np.isfinite(mu_nu_muB) and mu_nu_muB > 0.0):
        raise DomainError(f"mu_nu_muB = {mu_nu_muB} must be positive and finite")
    ln_q = ln_q_over_mu2_eV7(star, M_N_keV, emission, nodes=nodes)
    ln_erg_per_cm3_s = log(ERG_PER_EV / HBAR_EV_S) - 3.0 * log(HBARC_EV_CM)
    ln_mu2_per_eV2 = 2.0 * log(mu_nu_muB * MU_B_PER_EV)
    return np.exp(ln_q + ln_mu2_per_eV2 + ln_erg_per_cm3_s - log(star.rho_g_per_cm3))
