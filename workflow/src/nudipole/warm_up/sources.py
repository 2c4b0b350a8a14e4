"""The kernels of the solar flux moments."""

import numpy as np

from nudipole.sources.moments import FluxMoments, flux_moments
from nudipole.sources.msw import ConversionTable, Oscillation
from nudipole.sources.solar import SOURCES, Line, ProductionRegion, SolarComponent, continua


def compile_kernels() -> None:
    """Compile the kernels."""
    tiny_moments()


def tiny_moments() -> FluxMoments:
    """Return flux moments of invented spectra."""
    E = np.linspace(0.1, 15.0, 20)
    spectra = continua(E, np.append(np.ones(19), 0.0), nodes=50)
    region = ProductionRegion(np.array([100.0, 50.0]), {source: np.array([0.5, 0.5]) for source in SOURCES})
    conversion = ConversionTable(Oscillation(0.3, 0.02, 0.5, 0.0, 7.5e-5, 2.5e-3))
    components = (SolarComponent("pp", 1.0, spectra["pp"]), SolarComponent("7Be", 1.0, Line(0.86, 1.0)))
    return flux_moments(components, region, conversion)
