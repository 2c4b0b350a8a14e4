"""N resolved on comoving momenta: rates of change and their derivatives with respect to the occupations.

Each bin relaxes on its own (4-cosmology, section 3b):
    df/dt = -D [f (1 + eta I) - I] - S (f - F),   D = Gamma M/E,  F = 1/(e^{E/T} + eta)
where I is the occupation that inverse decays aim at; the factor 1 - eta f on the inverse decay makes equilibrium at one
temperature exactly Fermi-Dirac (Bose-Einstein). What the bins lose the plasma gains from the same sums, so that energy
is conserved to rounding.
"""

from math import exp, sqrt

import numpy as np
from numba import njit

from nudipole.compilation import BORROWS, INNER, KERNEL
from nudipole.cosmology.arrow import Arrow
from nudipole.cosmology.exchange import inverse_decay, occupation, temperatures
from nudipole.cosmology.heads import Flows, Plasma, head_rates, plasma_state
from nudipole.cosmology.plasma import ELECTRONS, PRESSURE
from nudipole.cosmology.splines import column
from nudipole.cosmology.system import HEADS, LN_RHO, LN_TIME, U_EM, U_NU, Array, System
from nudipole.cosmology.upscattering import upscattering_c


@njit(**BORROWS, **INNER)
def scattering_scale(s: System, plasma: Plasma) -> float:
    """Return mu^2 T^3, times c n_e(T)/n_e(m = 0) where c is constant [MeV]."""
    scale = s.scatter_scale * plasma.T_gamma**3
    if s.scatter_c >= 0.0:
        scale *= s.scatter_c * column(s.plasma, plasma.cell, plasma.offset, ELECTRONS)
    return scale


@njit(**BORROWS, **INNER)
def scattering_c(s: System, plasma: Plasma, p: float) -> float:
    """Return c(T, p/T) of the computed table; 1 where the constant is already in the scale."""
    if s.scatter_c >= 0.0:
        return 1.0
    return upscattering_c(plasma.ln_T_gamma, p / plasma.T_gamma, s.scatter_table)


@njit(**KERNEL, **INNER)
def momentum_rates(s: System, inverse_planck: float, y: Array, rates: Array) -> None:
    """Write dy/d ln a of bins and heads."""
    n = s.q.shape[0]
    plasma = plasma_state(s, y)
    a, T_gamma, T_nu = plasma.a, plasma.T_gamma, plasma.T_nu
    T_1, T_2 = temperatures(s.photon_share, s.exact, T_gamma, T_nu)
    beta_1, beta_2 = 1.0 / T_1, 1.0 / T_2
    T_scatter = 0.5 * (T_gamma + T_nu) if s.scatter_mean else (T_gamma if s.scatter_photons else T_nu)
    scattering = scattering_scale(s, plasma)
    rho_N, P_N, to_photons, to_neutrinos = 0.0, 0.0, 0.0, 0.0
    # both helicities have the same momenta, and the exponentials are what takes the time
    energies, aims = np.empty(s.momenta), np.empty((s.momenta, 2))
    for j in range(n):
        i, p = j % s.momenta, s.q[j] / a
        if i == j:
            energies[i] = sqrt(s.M * s.M + p * p)
            aims[i, 0], aims[i, 1] = inverse_decay(energies[i], p, beta_1, beta_2)
        E, aim, aim_photon = energies[i], aims[i, 0], aims[i, 1]
        energy = s.weight[j] * E / a**3
        f = y[j] * s.rho_unit / (energy * a**4)
        decay = s.width * (s.M / E if s.dilated else 1.0)
        vacancy = 1.0 - s.statistics * f
        loss = energy * decay * (f - vacancy * aim)
        if s.photon_share == 0.5:
            photons = energy * decay * (0.5 * f - vacancy * aim_photon / E)
        else:
            photons = s.photon_share * loss
        to_photons += photons
        to_neutrinos += loss - photons
        if s.active[j] > 0.0:
            scattered = energy * scattering * scattering_c(s, plasma, p) * (f - occupation(E, T_scatter, s.statistics))
            loss += scattered
            if s.scatter_photons:
                to_photons += scattered
            else:
                to_neutrinos += scattered
        rates[j] = loss
        rho_N += energy * f
        P_N += energy * f * p * p / (3.0 * E * E)
    H = head_rates(s, inverse_planck, y, rates, plasma, Flows(rho_N, P_N, to_photons, to_neutrinos))
    gain = -(a**4) / (s.rho_unit * H)
    for j in range(n):
        # the comoving energy of a mass at rest grows with a: d ln(E a)/d ln a = (M/E)^2
        rest = (s.M / energies[j % s.momenta]) ** 2
        rates[j] = rest * y[j] + gain * rates[j]


@njit(**BORROWS, **INNER)
def momentum_slopes(s: System, inverse_planck: float, y: Array, rates: Array, arrow: Arrow) -> None:
    """Write the derivatives with respect to the bins, at fixed H, and those by way of H; rates is dy/d ln a.

    diagonal: of each bin with itself. rows, shape (HEADS + 1, bins): of the heads, and last dH/dy. The last column
    (and corner column) is the derivative with respect to H.
    """
    n = s.q.shape[0]
    plasma = plasma_state(s, y)
    T_1, T_2 = temperatures(s.photon_share, s.exact, plasma.T_gamma, plasma.T_nu)
    beta_1, beta_2 = 1.0 / T_1, 1.0 / T_2
    scattering = scattering_scale(s, plasma)
    H = exp(-y[n + LN_TIME]) / rates[n + LN_TIME]
    per_rho = s.rho_unit / plasma.a**4 * (inverse_planck / H) ** 2
    P_over_rho = -rates[n + LN_RHO] / 3.0 - 1.0
    for j in range(n):
        p = s.q[j] / plasma.a
        E = sqrt(s.M * s.M + p * p)
        decay = s.width * (s.M / E if s.dilated else 1.0)
        aim, aim_photon = inverse_decay(E, p, beta_1, beta_2)
        loss = decay * (1.0 + s.statistics * aim)
        photons = decay * (0.5 + s.statistics * aim_photon / E) if s.photon_share == 0.5 else s.photon_share * loss
        neutrinos = loss - photons
        if s.active[j] > 0.0:
            scattered = scattering * scattering_c(s, plasma, p)
            loss += scattered
            if s.scatter_photons:
                photons += scattered
            else:
                neutrinos += scattered
        rest = (s.M / E) ** 2
        arrow.diagonal[j] = rest - loss / H
        arrow.rows[U_EM, j] = photons / H
        arrow.rows[U_NU, j] = neutrinos / H
        arrow.rows[LN_RHO, j] = -3.0 * per_rho * ((1.0 - rest) / 3.0 - P_over_rho)
        arrow.rows[HEADS, j] = 0.5 * H * per_rho
        arrow.columns[j, HEADS] = (rest * y[j] - rates[j]) / H
    P_em = plasma.T_gamma**4 * column(s.plasma, plasma.cell, plasma.offset, PRESSURE)
    alone = plasma.a**4 / s.rho_unit * (plasma.rho_em - 3.0 * P_em)
    arrow.corner[U_EM, HEADS] = (alone - rates[n + U_EM]) / H
    arrow.corner[U_NU, HEADS] = -rates[n + U_NU] / H
    arrow.corner[LN_TIME, HEADS] = -rates[n + LN_TIME] / H
