"""The equations of one solve in the form the kernels take."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nudipole.cosmology.splines import SplineTable

Array = NDArray[np.float64]

HEADS = 5
U_EM, U_NU, LN_A, LN_RHO, LN_TIME = range(HEADS)
"""Unknowns after the bins. U_EM and U_NU are rho a^4/rho_unit of the electromagnetic plasma and of neutrinos, as each
bin is of its part of N: what one loses another gains, in the same units, so that a linear method conserves energy
however fast the exchange (in temperatures, stiff exchange limits the step to (H/rate)^{1/3}). Nothing depends on the
last two: LN_RHO integrates d ln rho/d ln a = -3 (1 + P/rho) and must stay at the total density, LN_TIME
integrates 1/(H t)."""
COUPLED = 3
"""Number of heads that others depend on."""


class System(NamedTuple):
    """One new particle in the plasma. Units are MeV; a = 1 at the start.

    The state holds rho_N a^4/rho_unit bin by bin (resolved: of each comoving momentum q, weight E f a/rho_unit with
    the occupation f and weight = g q^2 dq/(2 pi^2); otherwise one bin), then the heads.
    """

    resolved: bool
    M: float
    width: float
    statistics: float
    """+1 fermion, -1 boson."""
    photon_share: float
    """Part of the decay energy that goes to photons: 1/2 (nu gamma), 1 (photons only), 0 (neutrinos only)."""
    exact: bool
    """Inverse decays at the temperatures of both partners, else at their mean."""
    dilated: bool
    """Decays slowed by M/E."""
    scatter_mean: bool
    """Scattering balanced at the mean temperature, else at T_nu (or T_gamma where it feeds photons)."""
    scatter_photons: bool
    """The partner that scattering turns the particle into is a photon, else a neutrino."""
    scatter_scale: float
    """mu^2 (or g^2) of G = scatter_scale c T_gamma^3."""
    scatter_c: float
    """Constant c on massless e+-; negative for the computed table."""
    scatter_table: SplineTable
    momenta: int
    """Number of momenta; q repeats them for a second helicity."""
    q: Array
    weight: Array
    active: Array
    """1 for bins that scatter, 0 for those that do not."""
    rho_unit: float
    states: float
    gas: SplineTable
    plasma: SplineTable
    temperature: SplineTable
