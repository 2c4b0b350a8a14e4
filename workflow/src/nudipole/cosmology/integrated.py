"""N as one fluid: its energy density with the shape of an equilibrium distribution (4-cosmology, sections 2 and 3)."""

from math import sqrt

from numba import njit

from nudipole.compilation import BORROWS, INNER
from nudipole.cosmology.exchange import temperatures
from nudipole.cosmology.gas import equilibrium, shape
from nudipole.cosmology.heads import Flows, head_rates, plasma_state
from nudipole.cosmology.plasma import ELECTRONS
from nudipole.cosmology.splines import column
from nudipole.cosmology.system import Array, System
from nudipole.cosmology.upscattering import upscattering_c_mean


@njit(**BORROWS, **INNER)
def decay_flow(s: System, rho: float, ratio: float, T_partner: float, T_star: float) -> float:
    """Return Gamma [M n - (T_partner/T*) M n_eq(T*)], the energy that N gives up per time if one partner had it all.

    The factor T_partner/T* is the mean energy a partner at its own temperature puts in (section 3b). Without time
    dilation rho stands for M n.
    """
    rho_eq, rest_eq = equilibrium(s.gas, s.states, s.M, T_star)
    if s.dilated:
        return s.width * (ratio * rho - T_partner / T_star * rest_eq)
    return s.width * (rho - T_partner / T_star * rho_eq)


@njit(**BORROWS, **INNER)
def integrated_rates(s: System, inverse_planck: float, y: Array, rates: Array) -> None:
    """Write dy/d ln a: d(rho_N a^4)/d ln a = a^4 [(4 - s_N) rho_N - q_N/H], and the heads."""
    plasma = plasma_state(s, y)
    T_gamma, T_nu = plasma.T_gamma, plasma.T_nu
    T_mean = 0.5 * (T_gamma + T_nu)
    rho = y[0] * s.rho_unit / plasma.a**4
    T_1, T_2 = temperatures(s.photon_share, s.exact, T_gamma, T_nu)
    ratio, exponent = shape(s.gas, s.M, T_mean if s.photon_share == 0.5 else T_1)
    T_star = sqrt(T_1 * T_2)
    photons = s.photon_share * decay_flow(s, rho, ratio, T_1, T_star)
    neutrinos = (1.0 - s.photon_share) * decay_flow(s, rho, ratio, T_2, T_star)
    scattering = s.scatter_scale * T_gamma**3
    if s.scatter_c >= 0.0:
        scattering *= s.scatter_c * column(s.plasma, plasma.cell, plasma.offset, ELECTRONS)
    else:
        scattering *= upscattering_c_mean(plasma.ln_T_gamma, s.scatter_table)
    T_scatter = T_mean if s.scatter_mean else (T_gamma if s.scatter_photons else T_nu)
    loss = scattering * (rho - equilibrium(s.gas, s.states, s.M, T_scatter)[0])
    if s.scatter_photons:
        photons += loss
    else:
        neutrinos += loss
    flows = Flows(rho, rho * (exponent / 3.0 - 1.0), photons, neutrinos)
    H = head_rates(s, inverse_planck, y, rates, plasma, flows)
    rates[0] = plasma.a**4 / s.rho_unit * ((4.0 - exponent) * rho - (photons + neutrinos) / H)
