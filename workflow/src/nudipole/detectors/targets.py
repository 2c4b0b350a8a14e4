"""What a neutrino can hit in a detector: particles of one kind at rest, and how many of them a recoil can free."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nudipole.constants import M_E_MEV
from nudipole.detectors.electrons import ElectronTarget, available_electrons_per_t


@dataclass(frozen=True)
class Scatterer:
    """Particles of one kind.

    per_t gives, for recoils in keV, the number per tonne times Z^2 F^2 for a nucleus; it is smooth but for steps_keV.
    spin_zero chooses the dipole cross section; every other spin uses that of spin 1/2.
    """

    mass_MeV: float
    spin_zero: bool
    steps_keV: NDArray[np.float64]
    per_t: Callable[[NDArray[np.float64]], NDArray[np.float64]]


def electrons(target: ElectronTarget) -> Scatterer:
    """Return the electrons of a target, each counted once the recoil exceeds its binding energy."""
    return Scatterer(M_E_MEV, False, target.threshold_keV, lambda T_keV: available_electrons_per_t(T_keV, target))


def free_electrons(electrons_per_t: float) -> Scatterer:
    """Return electrons without binding."""
    return electrons(ElectronTarget(np.zeros(1), np.array([electrons_per_t])))
