"""The kernels of rates and likelihoods; those of the sources come with them."""

import numpy as np

from nudipole.detectors.response import Bins, Detector, GaussianResponse
from nudipole.detectors.targets import free_electrons
from nudipole.detectors.templates import TemplateMaker
from nudipole.kinematics import M_N_max_MeV
from nudipole.likelihood.calibration import feldman_cousins
from nudipole.likelihood.cls import expected_limits
from nudipole.likelihood.intervals import IntervalKind
from nudipole.likelihood.model import Nuisances, Observation
from nudipole.likelihood.scan import SignalScan
from nudipole.warm_up.sources import tiny_moments


def compile_kernels() -> None:
    """Compile the kernels."""
    response = GaussianResponse((0.0, 1000.0), (0.0, 0.3, 0.0, 0.0, 0.0))
    bins = Bins(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    templates = TemplateMaker(Detector("warm-up", 1.0, (free_electrons(1.0),), response, None, bins), tiny_moments())
    signal = templates.by_component(0.01)[:, 0]
    background = np.ones((1, 2)) + 0.0 * templates.standard[:1]
    nuisances = Nuisances.independent(("b",), np.ones(1), np.array([0.1]), np.zeros(1), np.ones(1))
    observation = Observation.poisson(np.array([3.0, 2.0]))
    scan = SignalScan(observation, nuisances, background, signal[:1] / signal[:1].sum())
    scan.upper_crossing_muB2(scan.best_fit.chi2 + 1.0)
    scan.derivative(0.1)
    feldman_cousins(scan, 0.9, 50)
    expected_limits(scan, 0.9, IntervalKind.ONE_SIDED, 50, 1)
    M_N_max_MeV(np.float64(1.0))
