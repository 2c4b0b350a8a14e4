"""Solar neutrino components: a line or a normalised spectrum, its total flux, and its flavour content."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from nudipole.sources.beta_spectra import BETA_DECAYS, beta_shape
from nudipole.sources.msw import ConversionTable
from nudipole.sources.quadrature import endpoint_nodes, gauss_panels

SOURCES = ("pp", "pep", "hep", "7Be", "8B", "13N", "15O", "17F")


@dataclass(frozen=True)
class Line:
    """A monochromatic component: its share of the flux of its source."""

    E_nu_MeV: float
    branching: float


@dataclass(frozen=True)
class Continuum:
    """A spectrum on nodes E (increasing, from 0 to the end point), as flux per MeV for unit total flux.

    `panel_E_MeV`, `panel_weights` and `panel_density` are a Gauss-Legendre rule inside each interval
    between nodes, shape (nodes - 1, order): integrals over the spectrum never interpolate.
    """

    E_nu_MeV: NDArray[np.float64]
    density_per_MeV: NDArray[np.float64]
    panel_E_MeV: NDArray[np.float64]
    panel_weights: NDArray[np.float64]
    panel_density_per_MeV: NDArray[np.float64]


@dataclass(frozen=True)
class SolarComponent:
    """One line or one continuum of a source, with its total flux."""

    source: str
    flux_per_cm2_s: float
    shape: Line | Continuum


class WinterSpectrum:
    """The 8B spectrum of Winter et al. (nucl-ex/0406019) as a cubic spline through its table."""

    def __init__(self, E_nu_MeV: NDArray[np.float64], dN_dE_per_MeV: NDArray[np.float64]) -> None:
        last = int(np.nonzero(dN_dE_per_MeV)[0][-1]) + 1
        self.E_max_MeV = float(E_nu_MeV[last])
        E = np.concatenate([[0.0], E_nu_MeV[: last + 1]])
        density = np.concatenate([[0.0], dN_dE_per_MeV[: last + 1]])
        # the spectrum rises as E^2 at the origin, so its slope there is zero
        self._spline = CubicSpline(E, density, bc_type=((1, np.zeros(())), (2, np.zeros(()))))

    def __call__(self, E_nu_MeV: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return dN/dE [1/MeV]; the spline undershoots zero by < 1e-8 at the end point, which is cut."""
        return np.maximum(self._spline(E_nu_MeV), 0.0)


def continuum(shape, E_max_MeV: float, nodes: int) -> Continuum:  # type: ignore[no-untyped-def]
    """Return the normalised Continuum of a callable shape(E) on [0, E_max]."""
    E = endpoint_nodes(E_max_MeV, nodes)
    panel_E, panel_weights = gauss_panels(E)
    panel_density = shape(panel_E.ravel()).reshape(panel_E.shape)
    norm = float(np.sum(panel_density * panel_weights))
    return Continuum(E, shape(E) / norm, panel_E, panel_weights, panel_density / norm)


def continua(b8_E_MeV: NDArray[np.float64], b8_density: NDArray[np.float64], nodes: int) -> dict[str, Continuum]:
    """Return the continuous spectra by source: five from theory, 8B from its table."""
    spectra = {
        decay.source: continuum(lambda E, d=decay: beta_shape(E, d), decay.E_max_MeV, nodes) for decay in BETA_DECAYS
    }
    winter = WinterSpectrum(b8_E_MeV, b8_density)
    spectra["8B"] = continuum(winter, winter.E_max_MeV, nodes)
    return spectra


def solar_components(
    fluxes_per_cm2_s: Mapping[str, float],
    lines: Mapping[str, tuple[Line, ...]],
    spectra: Mapping[str, Continuum],
) -> tuple[SolarComponent, ...]:
    """Return all components in the order of SOURCES; a source with lines gives one component per line."""
    components = []
    for source in SOURCES:
        flux = fluxes_per_cm2_s[source]
        if source in lines:
            components += [SolarComponent(source, flux * line.branching, line) for line in lines[source]]
        else:
            components.append(SolarComponent(source, flux, spectra[source]))
    return tuple(components)


@dataclass(frozen=True)
class ProductionRegion:
    """Electron density and fraction of each source produced per annulus of the Sun."""

    n_e_NA_per_cm3: NDArray[np.float64]
    fraction: Mapping[str, NDArray[np.float64]]


def mode_probabilities(
    E_nu_MeV: NDArray[np.float64], source: str, region: ProductionRegion, table: ConversionTable
) -> NDArray[np.float64]:
    """Return P, shape (len(E), 4), for the modes e, mu, tau, effective (P = 1)."""
    P = table.probability(E_nu_MeV, region.n_e_NA_per_cm3, region.fraction[source])
    return np.column_stack([P, np.ones(len(E_nu_MeV))])
