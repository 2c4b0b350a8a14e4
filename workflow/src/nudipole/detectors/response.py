"""Efficiency and Gaussian energy response of a liquid-xenon detector, as node weights for the templates.

    expected events in bin i = exposure int dT N_e(T) eff(T) [G((b_i+1 - T)/sigma(T)) - G((b_i - T)/sigma(T))] dR/dT

with the efficiency at true energy and G the normal cumulative distribution.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from nudipole.detectors.electrons import ElectronTarget, available_electrons_per_t
from nudipole.errors import DataError

TAIL_SIGMAS = 7.0
"""Recoils further above the last bin than this many sigma are left out (1e-12 of them would enter)."""


@dataclass(frozen=True)
class Detector:
    """An electron-recoil experiment: target, exposure, efficiency, resolution, bins.

    Resolution sigma/E = resolution_a/sqrt(E/keV) + resolution_b.
    """

    name: str
    exposure_t_yr: float
    target: ElectronTarget
    efficiency_E_keV: NDArray[np.float64]
    efficiency: NDArray[np.float64]
    resolution_a: float
    resolution_b: float
    bin_edges_keV: NDArray[np.float64]


def sigma_E_keV(E_keV: NDArray[np.float64], detector: Detector) -> NDArray[np.float64]:
    """Return the energy resolution: a sqrt(E) + b E."""
    return detector.resolution_a * np.sqrt(E_keV) + detector.resolution_b * E_keV


def highest_recoil_keV(detector: Detector) -> float:
    """Return the true energy above which nothing reaches the last bin."""
    top = float(detector.bin_edges_keV[-1])
    for _ in range(50):
        top = float(detector.bin_edges_keV[-1]) + TAIL_SIGMAS * float(sigma_E_keV(np.array(top), detector))
    if top > detector.efficiency_E_keV[-1]:
        raise DataError(
            f"{detector.name}: the efficiency table ends at {detector.efficiency_E_keV[-1]:g} keV, but recoils up to "
            f"{top:.1f} keV reach the highest bin; extend the table or lower the last bin edge"
        )
    return top


def panel_edges_keV(detector: Detector) -> NDArray[np.float64]:
    """Return the edges of the integration panels: wherever efficiency or target has a kink or a step."""
    top = highest_recoil_keV(detector)
    edges = np.concatenate([[0.0, top], detector.efficiency_E_keV, detector.target.threshold_keV])
    return np.unique(edges[(edges >= 0.0) & (edges <= top)])


def response_rows(T_keV: NDArray[np.float64], detector: Detector) -> NDArray[np.float64]:
    """Return exposure N_e(T) eff(T) P(bin | T), shape (len(T), bins): events per (rate per electron)."""
    edges = detector.bin_edges_keV[None, :]
    sigma = sigma_E_keV(T_keV, detector)[:, None]
    into_bin = np.diff(ndtr((edges - T_keV[:, None]) / sigma), axis=1)
    efficiency = np.interp(T_keV, detector.efficiency_E_keV, detector.efficiency)
    scale = detector.exposure_t_yr * available_electrons_per_t(T_keV, detector.target) * efficiency
    return scale[:, None] * into_bin
