"""Rates of change of what is not N: the plasma, neutrinos, the scale factor, and the check of energy conservation."""

from math import exp, log
from typing import NamedTuple

from numba import njit

from nudipole.compilation import BORROWS, INNER
from nudipole.cosmology.exchange import hubble
from nudipole.cosmology.plasma import PRESSURE, RHO_NU_OVER_T4, exchange_MeV5, ln_temperature
from nudipole.cosmology.splines import column, locate
from nudipole.cosmology.system import HEADS, LN_A, LN_RHO, LN_TIME, U_EM, U_NU, Array, System


class Plasma(NamedTuple):
    """State of everything but N: densities [MeV^4], temperatures [MeV], the place in the plasma table."""

    a: float
    rho_em: float
    rho_nu: float
    ln_T_gamma: float
    T_gamma: float
    T_nu: float
    cell: int
    offset: float


class Flows(NamedTuple):
    """Energy density and pressure of N [MeV^4] and what it gives to photons and to neutrinos [MeV^5]."""

    rho: float
    P: float
    to_photons: float
    to_neutrinos: float


@njit(**BORROWS, **INNER)
def plasma_state(s: System, y: Array) -> Plasma:
    """Return densities and temperatures of the heads of a state."""
    n = y.shape[0] - HEADS
    a = exp(y[n + LN_A])
    unit = s.rho_unit / a**4
    rho_em, rho_nu = y[n + U_EM] * unit, y[n + U_NU] * unit
    ln_T_gamma = ln_temperature(s.temperature, log(rho_em))
    cell, offset = locate(s.plasma, ln_T_gamma)
    T_nu = (rho_nu / RHO_NU_OVER_T4) ** 0.25
    return Plasma(a, rho_em, rho_nu, ln_T_gamma, exp(ln_T_gamma), T_nu, cell, offset)


@njit(**BORROWS, **INNER)
def head_rates(s: System, inverse_planck: float, y: Array, rates: Array, plasma: Plasma, particle: Flows) -> float:
    """Write the rates of change of the heads per ln a and return H [MeV] (4-cosmology, section 3).

    d(rho_EM a^4)/d ln a = a^4 [rho - 3 P + (q_g - C_w)/H]_EM,  d(rho_nu a^4)/d ln a = a^4 (q_nu + C_w)/H.
    """
    n = y.shape[0] - HEADS
    P_em = plasma.T_gamma**4 * column(s.plasma, plasma.cell, plasma.offset, PRESSURE)
    rho = plasma.rho_em + plasma.rho_nu + particle.rho
    H = hubble(rho, inverse_planck)
    exchange = exchange_MeV5(s.plasma, plasma.cell, plasma.offset, plasma.T_gamma, plasma.T_nu)
    comoving = plasma.a**4 / s.rho_unit
    rates[n + U_EM] = comoving * (plasma.rho_em - 3.0 * P_em + (particle.to_photons - exchange) / H)
    rates[n + U_NU] = comoving * (particle.to_neutrinos + exchange) / H
    rates[n + LN_A] = 1.0
    rates[n + LN_RHO] = -3.0 * (1.0 + (P_em + plasma.rho_nu / 3.0 + particle.P) / rho)
    rates[n + LN_TIME] = exp(-y[n + LN_TIME]) / H
    return H
