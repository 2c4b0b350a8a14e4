"""Effective degrees of freedom of the standard model, and the muons and hadrons of the solver's plasma."""

from dataclasses import dataclass
from math import pi

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline

from nudipole.cosmology.particles import ELECTRON, HADRONS, MUON, Particle
from nudipole.cosmology.plasma import HeavySpecies
from nudipole.cosmology.splines import Array
from nudipole.cosmology.thermal import reduced_integrals
from nudipole.errors import DataError, DomainError

HEAVY = (MUON, *HADRONS)
"""What the solver's plasma has beside photons, e+- and neutrinos: ideal gases, meant for T up to about 120 MeV.

g_*s of all species over that of Borsanyi et al. is 1 + 0.02 % at 10, -0.03 % at 20, -0.3 % at 30, +0.3 % at 40,
+0.7 % at 50, +0.5 % at 60, -0.5 % at 80, -0.7 % at 100, -0.6 % at 110 and -2.2 % at 120 MeV.
"""
BLEND = 0.5
"""Range in ln T over which the bath's g_*s goes from the solver's plasma to the table."""
LIGHT_G_S = 2.0 + 3.0 * 2.0 * 7.0 / 8.0
"""g_*s of photons and three neutrinos at one temperature."""


@dataclass(frozen=True, eq=False)
class DegreesOfFreedom:
    """g_rho and g_s as cubic splines of g_rho and g_rho/g_s in log10 T, constant beyond the ends of the table."""

    log10_T: Array
    rho: CubicSpline
    ratio: CubicSpline

    def _inside(self, T_MeV: ArrayLike) -> Array:
        T = np.asarray(T_MeV, dtype=np.float64)
        if not (T > 0.0).all():
            raise DomainError("temperatures must be positive")
        return np.clip(np.log10(T), self.log10_T[0], self.log10_T[-1])

    def g_rho(self, T_MeV: ArrayLike) -> Array:
        """Return g_rho of rho = (pi^2/30) g_rho T^4."""
        return np.asarray(self.rho(self._inside(T_MeV)))

    def g_s(self, T_MeV: ArrayLike) -> Array:
        """Return g_s of s = (2 pi^2/45) g_s T^3."""
        x = self._inside(T_MeV)
        return np.asarray(self.rho(x) / self.ratio(x))


def degrees_of_freedom(frame: pd.DataFrame) -> DegreesOfFreedom:
    """Return the splines of the dataset `effective_degrees_of_freedom` (arXiv:1606.07494, table S2).

    Columns log10_T_MeV, g_rho and g_s, or g_rho_over_g_s as printed. The table ends at 282 GeV with g_rho = 104.98,
    which is kept above: 1.7 % below the 106.75 of the massless standard model. Below 1 MeV neutrinos have another
    temperature and g_rho = 10.71 has no meaning.
    """
    if not {"log10_T_MeV", "g_rho"} <= set(frame) or not {"g_s", "g_rho_over_g_s"} & set(frame):
        raise DataError(f"degrees of freedom need log10_T_MeV, g_rho and g_s, the table has {list(frame)}")
    x, rho = (np.array(frame[name], dtype=np.float64) for name in ("log10_T_MeV", "g_rho"))
    ratio = frame["g_rho_over_g_s"] if "g_rho_over_g_s" in frame else frame["g_rho"] / frame["g_s"]
    return DegreesOfFreedom(x, CubicSpline(x, rho), CubicSpline(x, np.array(ratio, dtype=np.float64)))


def ideal_gases(T_MeV: ArrayLike, particles: tuple[Particle, ...] = HEAVY) -> HeavySpecies:
    """Return P/T^4, (dP/dT)/T^3 and (d2P/dT2)/T^2 of ideal gases without chemical potential.

    P = g T^4 J_P/(2 pi^2), dP/dT = s = (rho + P)/T and T d2P/dT2 = drho/dT = g T^3 K/(2 pi^2): integrals of one
    distribution (`nudipole.cosmology.thermal`), so that they are each other's derivatives.
    """
    T = np.asarray(T_MeV, dtype=np.float64)
    P, dP, d2P = np.zeros_like(T), np.zeros_like(T), np.zeros_like(T)
    for particle in particles:
        x = particle.mass_MeV / T
        j = reduced_integrals(x, particle.statistics)
        scale = particle.states / (2.0 * pi**2) * np.exp(-x)
        P, dP, d2P = P + scale * j.P, dP + scale * (j.rho + j.P), d2P + scale * j.K
    return HeavySpecies(P, dP, d2P)


def plasma_g_s(T_MeV: ArrayLike, particles: tuple[Particle, ...] = (ELECTRON, *HEAVY)) -> Array:
    """Return g_s of the solver's plasma at one temperature: photons, three neutrinos and `particles`.

    (ELECTRON,) alone is the plasma without muons and hadrons, 10.75 above 10 MeV.
    """
    result: Array = LIGHT_G_S + 45.0 / (2.0 * pi**2) * ideal_gases(T_MeV, particles).dP
    return result


@dataclass(frozen=True)
class Bath:
    """The standard model above the start of the solver, T_0, with its entropy joined to that of the solver."""

    freedom: DegreesOfFreedom
    T_0_MeV: float
    g_s_0: float

    def g_rho(self, T_MeV: ArrayLike) -> Array:
        """Return g_rho of the table."""
        return self.freedom.g_rho(T_MeV)

    def g_s(self, T_MeV: ArrayLike) -> Array:
        """Return g_s: the solver's own at T_0, the table's from about 3 T_0, in between a Gaussian in ln T."""
        mismatch = self.g_s_0 / float(self.freedom.g_s(self.T_0_MeV)) - 1.0
        distance = np.log(np.asarray(T_MeV, dtype=np.float64) / self.T_0_MeV) / BLEND
        result: Array = self.freedom.g_s(T_MeV) * (1.0 + mismatch * np.exp(-(distance**2)))
        return result

    def scale_factor(self, T_MeV: ArrayLike) -> Array:
        """Return a(T)/a(T_0) = (g_s(T_0)/g_s(T))^{1/3} T_0/T from entropy conservation."""
        T = np.asarray(T_MeV, dtype=np.float64)
        result: Array = np.cbrt(self.g_s_0 / self.g_s(T)) * self.T_0_MeV / T
        return result


def bath(freedom: DegreesOfFreedom, T_0_MeV: float, *, particles: tuple[Particle, ...] = (ELECTRON, *HEAVY)) -> Bath:
    """Return the bath above T_0 for a solver whose plasma has photons, neutrinos and `particles`."""
    if not T_0_MeV > 0.0:
        raise DomainError(f"the start of the solver must be a positive temperature, got {T_0_MeV} MeV")
    return Bath(freedom, float(T_0_MeV), float(plasma_g_s(T_0_MeV, particles)))
