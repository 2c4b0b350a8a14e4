"""The thermal history that the background solver hands to nucleosynthesis and to other codes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class History:
    """One solved background on the solver's own steps, early to late; every array has shape (n,).

    ln_a is normalised to zero today: a T_gamma is constant after the last step, so a = T_0/T_gamma there.
    Derivatives are with respect to ln_a and exact (they come from the equations), for Hermite interpolation.
    rho is the total energy density, rho_N that of N alone; nucleosynthesis reads neither.
    """

    ln_a: Array
    t_s: Array
    ln_T_gamma_MeV: Array
    dln_T_gamma: Array
    ln_T_nu_MeV: Array
    dln_T_nu: Array
    ln_H_per_s: Array
    dln_H: Array
    rho_MeV4: Array
    rho_N_MeV4: Array

    @property
    def T_gamma_MeV(self) -> Array:
        """Photon temperature [MeV]."""
        return np.exp(self.ln_T_gamma_MeV)

    @property
    def T_nu_MeV(self) -> Array:
        """Neutrino temperature, common to the three flavours [MeV]."""
        return np.exp(self.ln_T_nu_MeV)
