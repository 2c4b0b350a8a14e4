"""Matter of a proto-neutron star: protons, degenerate electrons and neutrinos, and the photon in it."""

from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from nudipole.constants import ALPHA, ATOMIC_MASS_UNIT_G, HBARC_MEV_CM, M_P_MEV
from nudipole.errors import DomainError
from nudipole.quadrature import unit_rule

Array = NDArray[np.float64]
NODES = 96
"""Gauss-Legendre nodes of the proton density."""
DEPTH = 45.0
"""Protons more than this many T above the Fermi energy or the mass are left out: e^-45."""


def baryon_density_MeV3(rho_g_cm3: Array) -> Array:
    """Return n_b = rho/m_u in MeV^3."""
    return np.asarray(rho_g_cm3 / ATOMIC_MASS_UNIT_G * HBARC_MEV_CM**3)


def electron_chemical_potential_MeV(n_e_MeV3: Array, T_MeV: Array) -> Array:
    """Return mu_e of massless electrons minus positrons, n_e = (mu^3 + pi^2 T^2 mu)/(3 pi^2), in closed form.

    mu = 2 a sinh(arsinh(b)/3), a = pi T/sqrt(3), b = 3 pi^2 n/(2 a^3); at n_e -> 0 it goes to 3 n_e/T^2.
    """
    a = pi * T_MeV / np.sqrt(3.0)
    return np.asarray(2.0 * a * np.sinh(np.arcsinh(1.5 * pi**2 * n_e_MeV3 / a**3) / 3.0))


def proton_density_MeV3(mu_MeV: float, T_MeV: float) -> float:
    """Return n = (1/pi^2) int p^2 dp/(e^{(E - mu)/T} + 1) of protons; mu includes the mass."""
    kinetic_max = max(mu_MeV - M_P_MEV, 0.0) + DEPTH * T_MeV
    x, w = unit_rule(NODES)
    root = x * np.sqrt(kinetic_max)
    kinetic = root**2
    momentum2 = kinetic * (kinetic + 2.0 * M_P_MEV)
    occupied = 1.0 / (np.exp((kinetic + M_P_MEV - mu_MeV) / T_MeV) + 1.0)
    integrand = np.sqrt(momentum2) * (kinetic + M_P_MEV) * occupied * 2.0 * root
    return float((w * integrand).sum() * np.sqrt(kinetic_max) / pi**2)


def proton_chemical_potential_MeV(n_p_MeV3: float, T_MeV: float) -> float:
    """Return mu_p, mass included, of a free gas of protons and its density, bracketed in ln n."""

    def excess(mu_MeV: float) -> float:
        return float(np.log(proton_density_MeV3(mu_MeV, T_MeV) / n_p_MeV3))

    low, high = M_P_MEV - 60.0 * T_MeV, M_P_MEV + 60.0 * T_MeV + 500.0
    if not excess(low) < 0.0 < excess(high):
        raise DomainError(f"no proton gas of {n_p_MeV3:g} MeV^3 at {T_MeV:g} MeV: density or temperature out of range")
    return float(brentq(excess, low, high, xtol=1e-6 * T_MeV))


@dataclass(frozen=True, eq=False)
class Medium:
    """Local state at each radius, arrays of the same shape. mu_nu_MeV is that of the flavour in question."""

    rho_g_cm3: Array
    T_MeV: Array
    n_p_MeV3: Array
    mu_e_MeV: Array
    mu_p_MeV: Array
    mu_nu_MeV: Array
    k_S2_MeV2: Array
    m_T2_MeV2: Array

    @property
    def omega_p2_MeV2(self) -> Array:
        """Return the squared plasma frequency; m_T^2 = 3/2 of it."""
        return self.m_T2_MeV2 / 1.5


def medium(rho_g_cm3: Array, T_MeV: Array, Y_e: Array, mu_nu_MeV: Array, *, mu_e_MeV: Array | None = None) -> Medium:
    """Return the local state from density, temperature, electrons a baryon and neutrino chemical potential.

    omega_p^2 = (4 alpha/(3 pi)) (mu_e^2 + pi^2 T^2/3) and m_T^2 = (3/2) omega_p^2 of relativistic electrons, Debye
    screening k_S^2 = 4 pi alpha n_p/T + (4 alpha/pi)(mu_e^2 + pi^2 T^2/3). mu_e is solved for unless given.
    """
    rho, T, Y, mu_nu = (np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (rho_g_cm3, T_MeV, Y_e, mu_nu_MeV))
    if not ((rho > 0.0).all() and (T > 0.0).all() and (Y > 0.0).all() and (Y <= 1.0).all()):
        raise DomainError("density and temperature must be positive and Y_e between 0 and 1")
    n_p = Y * baryon_density_MeV3(rho)
    mu_e = electron_chemical_potential_MeV(n_p, T) if mu_e_MeV is None else np.asarray(mu_e_MeV, dtype=np.float64)
    electrons = mu_e**2 + pi**2 * T**2 / 3.0
    return Medium(
        rho_g_cm3=rho,
        T_MeV=T,
        n_p_MeV3=n_p,
        mu_e_MeV=mu_e,
        mu_p_MeV=np.array([proton_chemical_potential_MeV(n, t) for n, t in zip(n_p, T, strict=True)]),
        mu_nu_MeV=mu_nu,
        k_S2_MeV2=4.0 * pi * ALPHA * n_p / T + 4.0 * ALPHA / pi * electrons,
        m_T2_MeV2=2.0 * ALPHA / pi * electrons,
    )
