"""Conversions between the conventions for the dipole coupling.

This package uses L = (mu/2) F_{mn} nubar_L sigma^{mn} N_R, with mu in Bohr magnetons. The other
convention of the literature is L = d nubar_L sigma_{mn} F^{mn} N, so d = mu/2 (Magill et al.,
arXiv:1803.03262). The width tells which one a paper uses: Gamma = d^2 M^3/(4 pi) = mu^2 M^3/(16 pi).
"""

from math import pi
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from nudipole.constants import HBAR_MEV_S, MU_B_PER_GEV, MU_B_PER_MEV

Real = TypeVar("Real", float, NDArray[np.float64])


def d_per_GeV_from_mu_muB(mu_nu_muB: Real) -> Real:
    """Return d [GeV^-1] = mu/2 for a moment mu in Bohr magnetons (148.152 per mu_B)."""
    return 0.5 * MU_B_PER_GEV * mu_nu_muB


def mu_muB_from_d_per_GeV(d_per_GeV: Real) -> Real:
    """Return mu/mu_B = 2 d/mu_B for a coupling d in GeV^-1."""
    return 2.0 / MU_B_PER_GEV * d_per_GeV


def lifetime_s(M_N_MeV: Real, mu_nu_muB: float, *, majorana: bool = False) -> Real:
    """Return tau_N = 1/Gamma(N -> nu gamma) in seconds.

    Gamma = mu^2 M^3/(16 pi) for a Dirac N and twice that for a Majorana N (arXiv:2007.15563, eq. 3
    and its footnote); tau = 3768 s (1e-11 mu_B/mu)^2 (MeV/M_N)^3 for a Dirac N. Both arguments must
    be positive.
    """
    width_MeV = (mu_nu_muB * MU_B_PER_MEV) ** 2 * M_N_MeV**3 / (16.0 * pi)
    return HBAR_MEV_S / (width_MeV * (2.0 if majorana else 1.0))
