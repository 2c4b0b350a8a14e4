"""The electromagnetic plasma and what depends on its temperature alone, tabulated once for the kernels."""

from dataclasses import dataclass
from math import log, pi
from typing import NamedTuple

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from nudipole.compilation import BORROWS
from nudipole.constants import G_F_PER_MEV2, M_E_MEV
from nudipole.cosmology.splines import SplineTable, column, locate, spline_table
from nudipole.cosmology.thermal import Statistics, reduced_integrals

Array = NDArray[np.float64]

T_MIN_MEV, T_MAX_MEV = 5e-4, 400.0
"""Range of the table: below it (m_e/T > 1000) only photons are left."""
NODES = 1800
"""Nodes in ln T: entropy is conserved to 1e-9 from the top to the bottom of the table."""

RHO, PRESSURE, DRHO, ANNIHILATION, SCATTERING, ELECTRONS = range(6)
"""Columns: rho/T^4, P/T^4, (drho/dT)/T^3, the two factors of the nu-e exchange, n_e(T)/n_e(m = 0)."""

RHO_NU_OVER_T4 = 3.0 * 7.0 / 8.0 * pi**2 / 15.0
"""Three neutrino flavours with one temperature."""

LN_PHOTONS = log(pi**2 / 15.0)

_G_L_R_E, _G_L_R_MU = (0.727, 0.233), (-0.273, 0.233)
"""Couplings of nu_e and of nu_mu, nu_tau to electrons (Escudero, arXiv:2001.04466, below eq. 3.1)."""


@dataclass(frozen=True)
class PlasmaCorrections:
    """QED pressure and nu-e exchange on a temperature grid, from arXiv:2001.04466 as LINX distributes it.

    P_int/T^4 and its derivatives (dP_int/dT)/T^3, (d2P_int/dT2)/T^2; suppression of annihilation and scattering by
    the electron mass, for nu_e and for nu_mu, nu_tau. Above the grid the last values hold: the massless limit.
    """

    T_MeV: Array
    P: Array
    dP: Array
    d2P: Array
    f_ann_e: Array
    f_sc_e: Array
    f_ann_mu: Array
    f_sc_mu: Array

    def at(self, values: Array, T_MeV: Array) -> Array:
        """Return a column at other temperatures, zero below the grid."""
        ln_T = np.log(T_MeV)
        inside = CubicSpline(np.log(self.T_MeV), values)(np.clip(ln_T, log(self.T_MeV[0]), log(self.T_MeV[-1])))
        return np.where(T_MeV < self.T_MeV[0], 0.0, inside)


@dataclass(frozen=True)
class HeavySpecies:
    """P/T^4, (dP/dT)/T^3 and (d2P/dT2)/T^2 of muons and hadrons on the plasma's own temperatures."""

    P: Array
    dP: Array
    d2P: Array


class Medium(NamedTuple):
    """The tables of one choice of plasma, made once and used at every point."""

    plasma: SplineTable
    temperature: SplineTable


def temperatures_MeV() -> Array:
    """Return the temperatures of the table."""
    return np.exp(np.linspace(log(T_MIN_MEV), log(T_MAX_MEV), NODES))


def exchange_factors(corrections: PlasmaCorrections, T_MeV: Array) -> tuple[Array, Array]:
    """Return (A, B) of C_w = A (T_g^9 - T_nu^9) + B T_g^4 T_nu^4 (T_g - T_nu), in MeV^-4.

    arXiv:2001.04466, eqs. 2.12-2.15, summed over the flavours with one temperature:
    (G_F^2/pi^5) {4 (gL^2 + gR^2)_e F_e + 8 (gL^2 + gR^2)_mu F_mu}, F = 32 0.884 f_ann (...) + 56 0.829 f_sc (...).
    """
    c = corrections
    e = 4.0 * sum(g**2 for g in _G_L_R_E)
    mu = 8.0 * sum(g**2 for g in _G_L_R_MU)
    scale = G_F_PER_MEV2**2 / pi**5
    annihilation = 32.0 * 0.884 * scale * (e * c.at(c.f_ann_e, T_MeV) + mu * c.at(c.f_ann_mu, T_MeV))
    scattering = 56.0 * 0.829 * scale * (e * c.at(c.f_sc_e, T_MeV) + mu * c.at(c.f_sc_mu, T_MeV))
    return annihilation, scattering


def corrections_from_frame(frame: pd.DataFrame) -> PlasmaCorrections:
    """Return the corrections of the bundled table `plasma_corrections`."""
    names = (
        "T_gamma_MeV", "qed_P_over_T4", "qed_dP_dT_over_T3", "qed_d2P_dT2_over_T2",
        "f_ann_nu_e", "f_sc_nu_e", "f_ann_nu_mu", "f_sc_nu_mu",
    )  # fmt: skip
    return PlasmaCorrections(*(np.array(frame[name], dtype=np.float64) for name in names))


def plasma_table(
    corrections: PlasmaCorrections, *, qed: bool, weak_exchange: bool, heavy: HeavySpecies | None = None
) -> SplineTable:
    """Return the columns RHO ... ELECTRONS as splines in ln T.

    Photons and e+- as ideal gases, on request the QED pressure and the muons and hadrons. With P known,
    rho = T dP/dT - P and drho/dT = T d2P/dT2.
    """
    T = temperatures_MeV()
    x = M_E_MEV / T
    electrons = reduced_integrals(x, Statistics.FERMI)
    suppression = np.exp(-x) * 4.0 / (2.0 * pi**2)
    rho = pi**2 / 15.0 + suppression * electrons.rho
    pressure = pi**2 / 45.0 + suppression * electrons.P
    drho = 4.0 * pi**2 / 15.0 + suppression * electrons.K
    extras = [HeavySpecies(*(corrections.at(v, T) for v in (corrections.P, corrections.dP, corrections.d2P)))] * qed
    for extra in [*extras, *([heavy] if heavy else [])]:
        rho, pressure, drho = rho + extra.dP - extra.P, pressure + extra.P, drho + extra.d2P
    annihilation, scattering = exchange_factors(corrections, T)
    massless = reduced_integrals(0.0, Statistics.FERMI)
    density = np.exp(-x) * electrons.n / massless.n
    columns = np.stack([rho, pressure, drho, weak_exchange * annihilation, weak_exchange * scattering, density])
    return spline_table(log(T_MIN_MEV), log(T_MAX_MEV), columns)


def temperature_table(plasma: SplineTable) -> SplineTable:
    """Return ln T as a spline in ln rho, the inverse of column RHO; below it only photons are left."""
    ln_T = np.linspace(log(T_MIN_MEV), log(T_MAX_MEV), 4 * NODES)
    coefficients = plasma.coefficients[:, RHO, :]
    index = np.minimum(((ln_T - plasma.start) / plasma.step).astype(int), len(coefficients) - 1)
    offset = ln_T - (plasma.start + index * plasma.step)
    powers = np.stack([offset**3, offset**2, offset, np.ones_like(offset)], axis=1)
    ln_rho = np.log((coefficients[index] * powers).sum(axis=1)) + 4.0 * ln_T
    nodes = np.linspace(ln_rho[0], ln_rho[-1], 4 * NODES)
    return spline_table(nodes[0], nodes[-1], CubicSpline(ln_rho, ln_T)(nodes)[None, :])


def medium(
    corrections: PlasmaCorrections, *, qed: bool, weak_exchange: bool, heavy: HeavySpecies | None = None
) -> Medium:
    """Return the tables of a plasma with the chosen ingredients."""
    plasma = plasma_table(corrections, qed=qed, weak_exchange=weak_exchange, heavy=heavy)
    return Medium(plasma, temperature_table(plasma))


def rho_em_MeV4(medium: Medium, T_MeV: float) -> float:
    """Return the energy density of the electromagnetic plasma."""
    index, offset = locate.py_func(medium.plasma, log(T_MeV))
    return float(T_MeV**4 * column.py_func(medium.plasma, index, offset, RHO))


@njit(**BORROWS)
def ln_temperature(temperature: SplineTable, ln_rho: float) -> float:
    """Return ln T_gamma of the electromagnetic plasma [MeV] from ln rho [MeV^4]."""
    if ln_rho < temperature.start:
        return 0.25 * (ln_rho - LN_PHOTONS)
    index, offset = locate(temperature, ln_rho)
    return column(temperature, index, offset, 0)


@njit(**BORROWS)
def exchange_MeV5(plasma: SplineTable, index: int, offset: float, T_gamma: float, T_nu: float) -> float:
    """Return the energy that e+- give to all neutrinos [MeV^5] (arXiv:2001.04466, eq. 2.12)."""
    g4, nu4 = T_gamma**4, T_nu**4
    annihilation = column(plasma, index, offset, ANNIHILATION) * (g4 * g4 * T_gamma - nu4 * nu4 * T_nu)
    return annihilation + column(plasma, index, offset, SCATTERING) * g4 * nu4 * (T_gamma - T_nu)
