"""Run every kernel once on tiny inputs, which compiles it into numba's cache."""

import numpy as np

from nudipole.detectors.electrons import ElectronTarget
from nudipole.detectors.response import Detector
from nudipole.detectors.templates import TemplateMaker
from nudipole.kinematics import M_N_max_MeV
from nudipole.likelihood.scan import BinnedData, SignalScan
from nudipole.sources.moments import flux_moments
from nudipole.sources.msw import ConversionTable, Oscillation
from nudipole.sources.solar import SOURCES, Line, ProductionRegion, SolarComponent, continua
from nudipole.stellar.emission import Emission, ln_q_over_mu2_eV7
from nudipole.stellar.star import RED_GIANT


def compile_kernels() -> None:
    """Compile the kernels of the detectors, the likelihood and the stars."""
    E = np.linspace(0.1, 15.0, 20)
    spectra = continua(E, np.append(np.ones(19), 0.0), nodes=50)
    region = ProductionRegion(np.array([100.0, 50.0]), {source: np.array([0.5, 0.5]) for source in SOURCES})
    conversion = ConversionTable(Oscillation(0.3, 0.02, 0.5, 0.0, 7.5e-5, 2.5e-3))
    components = (SolarComponent("pp", 1.0, spectra["pp"]), SolarComponent("7Be", 1.0, Line(0.86, 1.0)))
    moments = flux_moments(components, region, conversion)
    target = ElectronTarget(np.zeros(1), np.ones(1))
    detector = Detector("warm-up", 1.0, target, np.array([0.0, 20.0]), np.ones(2), 0.3, 0.0, np.array([1.0, 2.0, 3.0]))
    signal = TemplateMaker(detector, moments).by_component(0.01)[:, 0]
    data = BinnedData(np.array([3.0, 2.0]), ("b",), np.ones((1, 2)), np.array([0.1]), np.ones(1))
    scan = SignalScan(data, signal / signal.sum(), np.array([0.01, 0.05]))
    scan.upper_crossing_muB2(scan.best_fit.chi2 + 1.0)
    M_N_max_MeV(np.float64(1.0))
    for emission in Emission:
        ln_q_over_mu2_eV7(RED_GIANT, np.array([1.0]), emission)
