"""An axion-like particle in the equations of N, as arXiv:2007.15563 checked its solver.

One boson with a <-> gamma gamma and gamma X <-> a X on charged X (Primakoff). Its rate in a relativistic plasma, summed
over momenta (Bolz, Brandenburg, Buchmuller, hep-ph/0012052; Cadamuro, Redondo, arXiv:1110.2895), is
    Gamma_Q = (alpha g^2/36) g_Q T^3 [ln(T^2/m_gamma^2) + 0.8194],   m_gamma^2 = m_D^2/3,
with g_Q = 3 for e+-. Since m_D^2 = 4 pi alpha g_Q T^2/9 it is c g^2 T^3 with c = (d/(16 pi)) [ln(3/d) + 0.8194] and
d = m_D^2/T^2, for every set of charges. Static screened charges (Raffelt, Phys. Rev. D 33, 897), with E averaged over a
thermal boson, have the same coefficient of the logarithm and 0.80 for 0.8194.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, log, pi

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from nudipole.constants import ALPHA, HBAR_MEV_S
from nudipole.cosmology.assumptions import Kinetics, Upscattering
from nudipole.cosmology.background import Accuracy, Background, InitialState, momentum_grid, solve_background
from nudipole.cosmology.dark_radiation import with_N_eff
from nudipole.cosmology.decoupling import NeverInEquilibrium, hubble_MeV
from nudipole.cosmology.degrees_of_freedom import Bath, DegreesOfFreedom
from nudipole.cosmology.plasma import Medium
from nudipole.cosmology.point import Nucleosynthesis, Point, evaluate_point
from nudipole.cosmology.relic import axion
from nudipole.cosmology.splines import Array
from nudipole.cosmology.upscattering import debye_mass2_over_T2

PRIMAKOFF_CONSTANT = 0.8194
"""Beyond the logarithm, hep-ph/0012052 as quoted by arXiv:1110.2895."""
T_LOWEST_MEV, T_HIGHEST_MEV = 1.0, 1e16
"""Range in which the freeze-out temperature is looked for."""
SCAN = 600


def primakoff_c(debye_mass2_over_T2: ArrayLike) -> Array:
    """Return c of Gamma_Q = c g^2 T^3 in a plasma of relativistic charges (module docstring)."""
    d = np.asarray(debye_mass2_over_T2, dtype=np.float64)
    c: Array = d / (16.0 * pi) * (np.log(3.0 / d) + PRIMAKOFF_CONSTANT)
    return c


PRIMAKOFF_C_ELECTRONS = float(primakoff_c(4.0 * pi * ALPHA / 3.0))
"""On massless e+-, (alpha/12) [ln(9/(4 pi alpha)) + 0.8194] = 3.287e-3."""


def coupling_per_GeV(m_a_MeV: ArrayLike, tau_s: ArrayLike) -> Array:
    """Return g of a lifetime, from 1/tau = g^2 m^3/(64 pi)."""
    width_MeV = HBAR_MEV_S / np.asarray(tau_s, dtype=np.float64)
    g: Array = 1e3 * np.sqrt(64.0 * pi * width_MeV / np.asarray(m_a_MeV) ** 3)
    return g


@lru_cache(maxsize=2)
def _reach(freedom: DegreesOfFreedom) -> tuple[Array, Array]:
    """Return ln T and ln(g^-2) at which Gamma_Q = H: c T^3/H with all charged species [MeV^2]."""
    T = np.geomspace(T_LOWEST_MEV, T_HIGHEST_MEV, SCAN)
    rate = primakoff_c(debye_mass2_over_T2(T)) * T**3
    return np.log(T), np.log(rate / hubble_MeV(T, freedom.g_rho(T)))


def freeze_out_temperature_MeV(g_per_GeV: float, freedom: DegreesOfFreedom) -> float:
    """Return the temperature below which c g^2 T^3 stays below H, the last of several crossings [MeV].

    At least 1 MeV, where the particle is as good as thermal at the start of any solve. Above 100 GeV, where the photon
    is no longer the right field, all of the standard model is relativistic and only g_*s matters.
    """
    ln_T, ln_reach = _reach(freedom)
    excess = ln_reach + 2.0 * log(1e-3 * g_per_GeV) if g_per_GeV > 0.0 else np.full_like(ln_T, -np.inf)
    coupled = excess >= 0.0
    if not coupled.any():
        raise NeverInEquilibrium(f"g = {g_per_GeV:g} GeV^-1: never in equilibrium below {T_HIGHEST_MEV:g} MeV")
    first = int(np.argmax(coupled))
    if first == 0:
        return T_LOWEST_MEV
    return exp(float(brentq(lambda x: float(np.interp(x, ln_T, excess)), ln_T[first - 1], ln_T[first])))


def bose_einstein(p_MeV: ArrayLike, m_a_MeV: float, T_MeV: float) -> Array:
    """Return 1/(e^{E/T} - 1)."""
    boltzmann = np.exp(-np.hypot(np.asarray(p_MeV, dtype=np.float64), m_a_MeV) / T_MeV)
    f: Array = boltzmann / (1.0 - boltzmann)
    return f


def dilution(g_per_GeV: float, surroundings: Bath) -> float:
    """Return g_*s(T_0)/g_*s(T_fo): what is left of the number of a relativistic relic over that of a thermal one."""
    T = max(freeze_out_temperature_MeV(g_per_GeV, surroundings.freedom), surroundings.T_0_MeV)
    return float(surroundings.g_s_0 / surroundings.g_s(T))


@dataclass(frozen=True)
class AlpUniverse:
    """The universe of a configuration for an axion-like particle.

    diluted: thermal at freeze-out, then colder by what heavier species leave to the plasma; otherwise thermal at
    T_start_MeV.
    """

    kinetics: Kinetics
    medium: Medium
    surroundings: Bath
    nucleosynthesis: Nucleosynthesis
    accuracy: Accuracy
    T_start_MeV: float
    diluted: bool = True

    def initial_state(self, m_a_MeV: float, g_per_GeV: float) -> InitialState:
        """Return the particle at the start: f = 1/(e^{E_fo/T_fo} - 1) at the momentum p a(T_0)/a(T_fo)."""
        T_0, grid = self.T_start_MeV, momentum_grid(self.accuracy.momenta)
        p, dp = grid.p_over_T * T_0, grid.weight * T_0
        T_fo = T_0
        if self.diluted:
            T_fo = max(freeze_out_temperature_MeV(g_per_GeV, self.surroundings.freedom), T_0)
        shrunk = float(self.surroundings.scale_factor(T_fo)) if T_fo > T_0 else 1.0
        f = bose_einstein(p / shrunk, m_a_MeV, T_fo)
        rho = float((p**2 * np.hypot(p, m_a_MeV) * f * dp).sum()) / (2.0 * pi**2)
        return InitialState(T_0, f, np.zeros(0), rho)

    def background(self, m_a_MeV: float, g_per_GeV: float, N_eff: float | None = None) -> Background:
        """Return the history with the particle (4-cosmology, section 8).

        N_eff: filled up to this with dark radiation; needs kinetics without nu-e exchange.
        """
        kinetics = replace(self.kinetics, upscattering=Upscattering.CONSTANT, upscattering_c=PRIMAKOFF_C_ELECTRONS)
        start, relic = self.initial_state(m_a_MeV, g_per_GeV), axion(m_a_MeV, g_per_GeV)
        if N_eff is not None:
            return with_N_eff(relic, kinetics, self.medium, start, self.accuracy, N_eff)
        return solve_background(relic, kinetics, self.medium, start, accuracy=self.accuracy)

    def point(self, m_a_MeV: float, g_per_GeV: float, N_eff: float | None = None) -> Point:
        """Return history, abundances and N_eff."""
        return evaluate_point(self.background(m_a_MeV, g_per_GeV, N_eff), m_a_MeV, self.nucleosynthesis)
