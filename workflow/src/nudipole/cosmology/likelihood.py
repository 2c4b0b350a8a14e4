"""How well abundances and N_eff agree with what is observed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nudipole.errors import DomainError

Array = NDArray[np.float64]

THEORY_SIGMA_Y_P = 1.06e-4
THEORY_SIGMA_D_H = 0.026e-5
THEORY_CORRELATION = -0.13
"""Spread of the SM abundances over nuclear rates and tau_n, from a Monte Carlo of PRIMAT (arXiv:2307.07061)."""

DY_P_PER_OMEGA_B = 6.4e-5 / 0.00015
DLN_D_H_PER_OMEGA_B = -0.0109 / 0.00015
"""Derivatives with respect to Omega_b h^2, from the network at the SM point (a test recomputes them)."""


@dataclass(frozen=True)
class Observations:
    """Observed values with their Gaussian uncertainties, and the uncertainty of the baryon density."""

    Y_p: float
    Y_p_sigma: float
    D_H: float
    D_H_sigma: float
    N_eff: float
    N_eff_sigma: float
    Omega_b_h2_sigma: float

    def __post_init__(self) -> None:
        """Refuse uncertainties that are not positive."""
        if min(self.Y_p_sigma, self.D_H_sigma, self.N_eff_sigma) <= 0.0 or self.Omega_b_h2_sigma < 0.0:
            raise DomainError(f"{self}: uncertainties must be positive")


def covariance(observed: Observations, D_H: Array) -> tuple[Array, Array, Array]:
    """Return the elements (YY, DD, YD) of C_obs + C_th + C_Omega_b; D_H sets the scale of the derivative of D/H.

    Marginalising over a Gaussian Omega_b h^2 to which the abundances respond linearly adds the outer product of the
    response with itself.
    """
    response_Y = DY_P_PER_OMEGA_B * observed.Omega_b_h2_sigma
    response_D = DLN_D_H_PER_OMEGA_B * observed.Omega_b_h2_sigma * np.asarray(D_H)
    YY = observed.Y_p_sigma**2 + THEORY_SIGMA_Y_P**2 + response_Y**2
    DD = observed.D_H_sigma**2 + THEORY_SIGMA_D_H**2 + response_D**2
    YD = THEORY_CORRELATION * THEORY_SIGMA_Y_P * THEORY_SIGMA_D_H + response_Y * response_D
    return np.full_like(DD, YY), DD, YD


def chi2_helium(Y_p: Array, observed: Observations) -> Array:
    """Return chi^2 of Y_p alone, same shape; NaN stays NaN."""
    YY, _, _ = covariance(observed, np.zeros_like(Y_p))
    return np.asarray((Y_p - observed.Y_p) ** 2 / YY)


def chi2_abundances(Y_p: Array, D_H: Array, observed: Observations) -> Array:
    """Return chi^2 of Y_p and D/H with their covariance (4-cosmology, section 6), same shape."""
    YY, DD, YD = covariance(observed, D_H)
    y, d = Y_p - observed.Y_p, D_H - observed.D_H
    return np.asarray((DD * y**2 - 2.0 * YD * y * d + YY * d**2) / (YY * DD - YD**2))


def chi2_N_eff(N_eff: Array, observed: Observations) -> Array:
    """Return chi^2 of N_eff in the CMB, same shape."""
    return np.asarray(((N_eff - observed.N_eff) / observed.N_eff_sigma) ** 2)
