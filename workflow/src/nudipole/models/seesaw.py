"""Masses and mixing of N with the light neutrinos: type-I and inverse seesaw, and what mixing does to the dipole."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nudipole.constants import EV_PER_MEV, G_F_PER_MEV2, MEV_PER_GEV, MU_B_PER_MEV
from nudipole.errors import DomainError
from nudipole.models.checks import Array, positive, share


@dataclass(frozen=True)
class InverseSeesaw:
    """The states of L = -m_nuN nubar_L N_R - m_N Nbar_L N_R: a massless neutrino and a Dirac state.

    M_N_MeV: its mass. sin_theta, cos_theta: the share of nu_L in it, and of nu_L in the massless neutrino.
    """

    M_N_MeV: Array
    sin_theta: Array
    cos_theta: Array

    def light_heavy_muB(self, mu_nu_muB: ArrayLike) -> Array:
        """Return the moment between the light neutrino and N, mu cos(theta) [mu_B]."""
        return positive("mu_nu_muB", mu_nu_muB) * self.cos_theta

    def heavy_heavy_muB(self, mu_nu_muB: ArrayLike) -> Array:
        """Return the moment of N itself, mu sin(theta) [mu_B]."""
        return positive("mu_nu_muB", mu_nu_muB) * self.sin_theta


def inverse_seesaw(m_nuN_MeV: ArrayLike, m_N_MeV: ArrayLike) -> InverseSeesaw:
    """Return tan(theta) = m_nuN/m_N and M = sqrt(m_N^2 + m_nuN^2) for positive masses, which broadcast.

    The mass matrix of (nu_L, N_L) with N_R is the column (m_nuN, m_N): its singular value is M, the state along it is
    heavy, the one across it massless.
    """
    mixing, own = positive("m_nuN_MeV", m_nuN_MeV), positive("m_N_MeV", m_N_MeV)
    heavy = np.hypot(mixing, own)
    return InverseSeesaw(heavy, mixing / heavy, own / heavy)


def type_I_mass_MeV(m_nuN_MeV: ArrayLike, m_nu_eV: ArrayLike) -> Array:
    """Return M_N = m_nuN^2/m_nu of the type-I seesaw: 20 TeV for 1 MeV and 0.05 eV.

    The matrix [[0, m_nuN], [m_nuN, M_N - m_nu]] of (nu_L^c, N_R) has the eigenvalues -m_nu and M_N, and the determinant
    -m_nuN^2: this is exact. DomainError unless m_nu < m_nuN, or the light one would be N.
    """
    dirac, light = positive("m_nuN_MeV", m_nuN_MeV), positive("m_nu_eV", m_nu_eV)
    if (light >= EV_PER_MEV * dirac).any():
        raise DomainError("m_nu_eV must be below m_nuN_MeV, or N would be the lighter state")
    return dirac**2 * EV_PER_MEV / light


def type_I_sin_theta(m_nuN_MeV: ArrayLike, m_nu_eV: ArrayLike) -> Array:
    """Return the share of nu_L in N of the type-I seesaw: tan(theta) = m_nuN/M_N, 5e-8 for 1 MeV and 0.05 eV."""
    heavy_MeV = type_I_mass_MeV(m_nuN_MeV, m_nu_eV)
    return positive("m_nuN_MeV", m_nuN_MeV) / np.hypot(heavy_MeV, m_nuN_MeV)


def dipole_over_mixing_muB(T_GeV: ArrayLike, sin_theta: ArrayLike) -> Array:
    """Return the moment above which the dipole makes N at an energy T faster than its mixing does.

    Rates ~ mu^2 T^3 and G_F^2 T^5 sin^2(theta), so mu = G_F T sin(theta): 3.9e-11 mu_B (T/GeV)(sin(theta)/1e-3).
    """
    energy_MeV = MEV_PER_GEV * positive("T_GeV", T_GeV)
    return G_F_PER_MEV2 * energy_MeV * share("sin_theta", sin_theta) / MU_B_PER_MEV
