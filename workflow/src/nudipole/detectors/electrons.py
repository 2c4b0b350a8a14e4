"""Electrons per target mass that a recoil of energy E_r can free."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from nudipole.constants import N_AVOGADRO_PER_MOL

GRAMS_PER_TONNE = 1e6


class ElectronModel(StrEnum):
    """How bound electrons take part in the scattering."""

    STEPPING = "stepping"
    """A subshell counts fully once E_r exceeds its binding energy (e.g. arXiv:1610.04177, eq. 9)."""
    FREE = "free"
    """All Z electrons count at any recoil."""


@dataclass(frozen=True)
class ElectronTarget:
    """Electrons per tonne that become available at each threshold (sorted), E_r >= threshold."""

    threshold_keV: NDArray[np.float64]
    electrons_per_t: NDArray[np.float64]


def electron_target(
    model: ElectronModel,
    binding_energy_keV: NDArray[np.float64],
    electrons: NDArray[np.int64],
    A_g_per_mol: float,
) -> ElectronTarget:
    """Return the target of an element with the given subshells."""
    per_tonne = GRAMS_PER_TONNE / A_g_per_mol * N_AVOGADRO_PER_MOL
    if model is ElectronModel.FREE:
        return ElectronTarget(np.zeros(1), np.array([per_tonne * float(np.sum(electrons))]))
    order = np.argsort(binding_energy_keV, kind="stable")
    return ElectronTarget(binding_energy_keV[order].astype(float), per_tonne * electrons[order].astype(float))


def available_electrons_per_t(E_r_keV: NDArray[np.float64], target: ElectronTarget) -> NDArray[np.float64]:
    """Return the number of electrons per tonne that a recoil of E_r can free."""
    counts = np.concatenate([[0.0], np.cumsum(target.electrons_per_t)])
    return counts[np.searchsorted(target.threshold_keV, E_r_keV, side="right")]
