"""N above the start of the solver: when it decouples, and how its momenta are occupied when the solver starts.

N is a test fluid in a bath with g_*(T). On comoving momenta, with both helicities apart,
    df/dln a = -R (f - f_eq),   f_eq = 1/(e^{E/T} + 1),
    R = G_eN(p, T)/H [active helicity] + (G_0 M/(E H)) (1 + e^{-E/T}) [both],   G_0 = mu^2 M^3/(16 pi):
the decay term -(G_0 M/E) [f - (1 - f) e^{-E/T}] (4-cosmology, section 3b) is a relaxation to the same f_eq. A decay in
flight has no net helicity, so both gain alike. Solved by the integrating factor, exactly for f_eq linear within a step.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, exp, expm1, log, pi, sqrt

import numpy as np
from numba import njit
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from nudipole.compilation import BORROWS, INNER, KERNEL
from nudipole.constants import M_PLANCK_MEV, MU_B_PER_MEV
from nudipole.cosmology.degrees_of_freedom import Bath, DegreesOfFreedom
from nudipole.cosmology.splines import Array, SplineTable
from nudipole.cosmology.upscattering import ENERGY, UpscatteringTable, constant_c, upscattering_c, upscattering_c_mean
from nudipole.errors import DomainError

T_LOWEST_MEV, T_HIGHEST_MEV = 1e-2, 1e16
"""Range in which T_dec is looked for."""
SCAN = 1200
"""Temperatures at which G_eN and H are compared before the crossing is refined."""
EQUILIBRIUM = 30.0
"""The gradual solution starts this far above T_dec, where G_eN/H = 30 and more."""
LN_T_STEP = 0.02
"""Step of the gradual solution in ln T: rho_N at T_0 is good to 1e-4, a single occupation to 2e-3 (at p = 40 T)."""
NO_TABLE = SplineTable(0.0, 1.0, np.zeros((1, 2, 4)))

Rate = UpscatteringTable | float
"""G_eN: the table of one mass, or the c of G_eN = c mu^2 T^3 n_e(T)/n_e(m = 0)."""


class NeverInEquilibrium(DomainError):
    """Scattering is slower than the expansion at every temperature at which the equations mean something."""


@dataclass(frozen=True)
class Occupation:
    """Occupation of each momentum, for one state of the active and of the sterile helicity."""

    f_active: Array
    f_sterile: Array


def hubble_MeV(T_MeV: ArrayLike, g_rho: ArrayLike) -> Array:
    """Return H = sqrt(4 pi^3 g_rho/45) T^2/M_Pl."""
    T = np.asarray(T_MeV, dtype=np.float64)
    result: Array = np.sqrt(4.0 * pi**3 / 45.0 * np.asarray(g_rho)) * T**2 / M_PLANCK_MEV
    return result


@njit(**KERNEL)
def _mean_kernel(ln_T: Array, table: SplineTable, which: int) -> Array:
    out = np.empty(ln_T.shape[0])
    for i in range(ln_T.shape[0]):
        out[i] = upscattering_c_mean(ln_T[i], table, which)
    return out


def mean_c(rate: Rate, T_MeV: ArrayLike, which: int = ENERGY) -> Array:
    """Return c(T) averaged over a thermal N (NUMBER or ENERGY); beyond the table the value at its end."""
    T = np.atleast_1d(np.array(T_MeV, dtype=np.float64))
    if isinstance(rate, UpscatteringTable):
        c: Array = _mean_kernel(np.log(T), rate.splines, which)
        return c
    return constant_c(rate, T)


def _mu2_per_MeV2(mu_nu_muB: float) -> float:
    if not (np.isfinite(mu_nu_muB) and mu_nu_muB >= 0.0):
        raise DomainError(f"mu_nu_muB must be finite and not negative, got {mu_nu_muB}")
    return float(mu_nu_muB * MU_B_PER_MEV) ** 2


@lru_cache(maxsize=4096)
def decoupling_temperature_MeV(
    mu_nu_muB: float, freedom: DegreesOfFreedom, rate: Rate, *, which: int = ENERGY, g_rho: float | None = None
) -> float:
    """Return the temperature below which c mu^2 T^3 stays below H, the last of several crossings [MeV].

    g_rho: a constant instead of the table. The search ends at T = M, where N is no longer relativistic and decays
    take over: M is returned if scattering is still in equilibrium there. Above the tables c and g_rho keep
    their last values, so that T_dec ~ mu^-2. NeverInEquilibrium beyond 1e16 MeV.
    """
    mu2 = _mu2_per_MeV2(mu_nu_muB)
    mass = rate.M_N_MeV if isinstance(rate, UpscatteringTable) else 0.0

    def excess(ln_T: ArrayLike) -> Array:
        T = np.exp(np.atleast_1d(ln_T))
        g = freedom.g_rho(T) if g_rho is None else np.full_like(T, g_rho)
        with np.errstate(divide="ignore"):
            difference: Array = np.log(mu2 * mean_c(rate, T, which) * T**3) - np.log(hubble_MeV(T, g))
        return difference

    ln_T = np.linspace(log(max(T_LOWEST_MEV, mass)), log(T_HIGHEST_MEV), SCAN)
    coupled = excess(ln_T) >= 0.0
    if not coupled.any():
        raise NeverInEquilibrium(f"mu = {mu_nu_muB:g} mu_B: N is never in equilibrium below {T_HIGHEST_MEV:g} MeV")
    first = int(np.argmax(coupled))
    if first == 0:
        return float(np.exp(ln_T[0]))
    return float(exp(brentq(lambda x: float(excess(x)[0]), ln_T[first - 1], ln_T[first], xtol=1e-10)))


def fermi_dirac(p_MeV: ArrayLike, M_N_MeV: float, T_MeV: float) -> Array:
    """Return 1/(e^{E/T} + 1)."""
    E = np.hypot(np.asarray(p_MeV, dtype=np.float64), M_N_MeV)
    boltzmann = np.exp(-E / T_MeV)
    result: Array = boltzmann / (1.0 + boltzmann)
    return result


def instantaneous(p_MeV: Array, M_N_MeV: float, T_dec_MeV: float, surroundings: Bath) -> Occupation:
    """Return f(p) at T_0 after sudden decoupling at T_dec: p_dec = p a(T_0)/a(T_dec), f = 1/(e^{E_dec/T_dec} + 1).

    Thermal at T_0 if T_dec <= T_0; the sterile helicity is empty.
    """
    T = max(T_dec_MeV, surroundings.T_0_MeV)
    p_dec = np.asarray(p_MeV, dtype=np.float64) / float(surroundings.scale_factor(T))
    return Occupation(fermi_dirac(p_dec, M_N_MeV, T), np.zeros_like(p_dec))


@njit(**BORROWS, **INNER)
def _step(f: float, old: float, new: float, depth: float) -> float:
    """Return f after an optical depth over which f_eq goes linearly from old to new."""
    gone = -expm1(-depth)
    slope = gone / depth if depth > 1e-12 else 1.0
    return new + (f - old) * (1.0 - gone) - (new - old) * slope


@njit(**KERNEL)
def _relax(
    p: Array, M: float, T: Array, a: Array, scattering: Array, decay: Array, table: SplineTable, active: float
) -> Array:
    """Return f at the last temperature, rows active and sterile (module docstring).

    scattering = mu^2 T^3/H (times the constant c where the table is empty), decay = G_0 M/H.
    At the first temperature f = active f_eq and 0.
    """
    out = np.empty((2, p.shape[0]))
    tabulated = table.coefficients.shape[1] > 2
    for j in range(p.shape[0]):
        rate_a, rate_s, equilibrium = 0.0, 0.0, 0.0
        f_a, f_s = 0.0, 0.0
        for i in range(T.shape[0]):
            q = p[j] / a[i]
            E = sqrt(q * q + M * M)
            boltzmann = exp(-E / T[i])
            f_eq = boltzmann / (1.0 + boltzmann)
            new_s = decay[i] / E * (1.0 + boltzmann)
            new_a = new_s + scattering[i] * (upscattering_c(log(T[i]), q / T[i], table) if tabulated else 1.0)
            if i == 0:
                f_a = active * f_eq
            else:
                half = 0.5 * log(a[i] / a[i - 1])
                f_a = _step(f_a, equilibrium, f_eq, half * (rate_a + new_a))
                f_s = _step(f_s, equilibrium, f_eq, half * (rate_s + new_s))
            rate_a, rate_s, equilibrium = new_a, new_s, f_eq
        out[0, j], out[1, j] = f_a, f_s
    return out


def _evolve(
    p_MeV: Array, M_N_MeV: float, mu_nu_muB: float, surroundings: Bath, rate: Rate, T_top_MeV: float, active: float
) -> Occupation:
    """Return the occupations at T_0 from (active f_eq, 0) at T_top."""
    mu2 = _mu2_per_MeV2(mu_nu_muB)
    T_0 = surroundings.T_0_MeV
    steps = max(50, ceil(log(T_top_MeV / T_0) / LN_T_STEP))
    T = np.exp(np.linspace(log(T_top_MeV), log(T_0), steps + 1))
    a, H = surroundings.scale_factor(T), hubble_MeV(T, surroundings.g_rho(T))
    scattering = mu2 * T**3 / H
    decay = mu2 * M_N_MeV**4 / (16.0 * pi) / H
    table = rate.splines if isinstance(rate, UpscatteringTable) else NO_TABLE
    if not isinstance(rate, UpscatteringTable):
        scattering *= constant_c(rate, T)
    p = np.array(p_MeV, dtype=np.float64)
    # a spline table of one layout, whoever made it
    fixed = SplineTable(table.start, table.step, np.array(table.coefficients))
    f = _relax(p, float(M_N_MeV), T, a, scattering, decay, fixed, float(active))
    return Occupation(f[0], f[1])


def gradual(
    p_MeV: Array, M_N_MeV: float, mu_nu_muB: float, T_dec_MeV: float, surroundings: Bath, rate: Rate
) -> Occupation:
    """Return f(p) at T_0 from equilibrium at 30 max(T_dec, T_0) and an empty sterile helicity."""
    T_top = EQUILIBRIUM * max(T_dec_MeV, surroundings.T_0_MeV)
    return _evolve(p_MeV, M_N_MeV, mu_nu_muB, surroundings, rate, T_top, 1.0)


def freeze_in(
    p_MeV: Array, M_N_MeV: float, mu_nu_muB: float, T_RH_MeV: float, surroundings: Bath, rate: Rate
) -> Occupation:
    """Return f(p) at T_0 of an N that is absent at T_RH; zero for T_RH <= T_0, where the solver starts without N."""
    if T_RH_MeV <= surroundings.T_0_MeV:
        nothing = np.zeros(np.shape(p_MeV))
        return Occupation(nothing, nothing.copy())
    return _evolve(p_MeV, M_N_MeV, mu_nu_muB, surroundings, rate, T_RH_MeV, 0.0)
