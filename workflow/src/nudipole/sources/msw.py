"""Flavour conversion of solar neutrinos: adiabatic LMA-MSW with three flavours.

The mass states leave the Sun with the weights |U^m_ei|^2 they had in matter at the production
point, arrive incoherently, and are detected with |U_ai|^2 (no Earth regeneration):

    P(nu_e -> nu_a; E) = sum_i |U_ai|^2 < |U^m_ei(E, n_e)|^2 >_production

(e.g. Maltoni and Smirnov, arXiv:1507.05287, eqs. 4 and 15.) The matter weights depend on E and n_e
only through A = 2 E V, V = sqrt(2) G_F n_e: they are tabulated once in A.
"""

from dataclasses import dataclass
from math import radians, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from nudipole.constants import G_F_PER_MEV2, HBARC_EV_CM, N_AVOGADRO_PER_MOL


@dataclass(frozen=True)
class Oscillation:
    """Mixing parameters, normal ordering when dm2_31_eV2 > 0."""

    sin2_theta12: float
    sin2_theta13: float
    sin2_theta23: float
    delta_cp_deg: float
    dm2_21_eV2: float
    dm2_31_eV2: float


def pmns_matrix(osc: Oscillation) -> NDArray[np.complex128]:
    """Return U (rows e, mu, tau) in the PDG parametrisation."""
    s12, s13, s23 = (sqrt(x) for x in (osc.sin2_theta12, osc.sin2_theta13, osc.sin2_theta23))
    c12, c13, c23 = (sqrt(1.0 - x) for x in (osc.sin2_theta12, osc.sin2_theta13, osc.sin2_theta23))
    phase = np.exp(1j * radians(osc.delta_cp_deg))
    return np.array(
        [
            [s * c13 for s in (c12, s12)] + [s13 / phase],
            [-s12 * c23 - c12 * s23 * s13 * phase, c12 * c23 - s12 * s23 * s13 * phase, s23 * c13],
            [s12 * s23 - c12 * c23 * s13 * phase, -c12 * s23 - s12 * c23 * s13 * phase, c23 * c13],
        ]
    )


def matter_potential_eV(n_e_NA_per_cm3: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return V = sqrt(2) G_F n_e for an electron density in units of N_A/cm^3."""
    n_e_eV3 = n_e_NA_per_cm3 * N_AVOGADRO_PER_MOL * HBARC_EV_CM**3
    return np.asarray(sqrt(2.0) * G_F_PER_MEV2 * 1e-12 * n_e_eV3)


def electron_weights(A_eV2: NDArray[np.float64], osc: Oscillation) -> NDArray[np.float64]:
    """Return |U^m_ei|^2, shape (len(A), 3), by diagonalising U diag(0, dm21, dm31) U^+ + diag(A, 0, 0)."""
    U = pmns_matrix(osc)
    vacuum = U @ np.diag([0.0, osc.dm2_21_eV2, osc.dm2_31_eV2]) @ U.conj().T
    hamiltonian = np.broadcast_to(vacuum, (len(A_eV2), 3, 3)).copy()
    hamiltonian[:, 0, 0] += A_eV2
    _, vectors = np.linalg.eigh(hamiltonian)
    # eigh sorts by eigenvalue; with inverted ordering nu_3 is the lightest
    order = [0, 1, 2] if osc.dm2_31_eV2 > 0 else [1, 2, 0]
    return np.asarray(np.abs(vectors[:, 0, order]) ** 2)


class ConversionTable:
    """P(nu_e -> nu_a; E) for any production profile and one set of mixing parameters."""

    A_RANGE_EV2 = (1e-9, 1e-2)
    NODES = 1500

    def __init__(self, osc: Oscillation) -> None:
        ln_low, ln_high = np.log(self.A_RANGE_EV2)
        ln_A = np.linspace(ln_low, ln_high, self.NODES)
        self._weights = CubicSpline(ln_A, electron_weights(np.exp(ln_A), osc))
        self._detection = np.abs(pmns_matrix(osc)) ** 2

    def probability(
        self,
        E_nu_MeV: NDArray[np.float64],
        n_e_NA_per_cm3: NDArray[np.float64],
        fraction: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return P, shape (len(E), 3) for a = e, mu, tau, averaged over annuli with the given fractions.

        Below the first node of A the conversion is that of vacuum to 1e-5 and held constant.
        """
        V_eV = matter_potential_eV(np.asarray(n_e_NA_per_cm3, dtype=float))
        A_eV2 = 2e6 * np.asarray(E_nu_MeV, dtype=float)[:, None] * V_eV[None, :]
        weights = self._weights(np.log(np.clip(A_eV2, *self.A_RANGE_EV2)))
        return np.asarray(np.einsum("r,eri,ai->ea", fraction / fraction.sum(), weights, self._detection))
