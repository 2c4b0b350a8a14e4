"""The kernels of rates and likelihoods; those of the sources come with them."""

import numpy as np

from nudipole.detectors.electrons import ElectronTarget
from nudipole.detectors.response import Detector
from nudipole.detectors.templates import TemplateMaker
from nudipole.kinematics import M_N_max_MeV
from nudipole.likelihood.scan import BinnedData, SignalScan
from nudipole.warm_up.sources import tiny_moments


def compile_kernels() -> None:
    """Compile the kernels."""
    target = ElectronTarget(np.zeros(1), np.ones(1))
    detector = Detector("warm-up", 1.0, target, np.array([0.0, 20.0]), np.ones(2), 0.3, 0.0, np.array([1.0, 2.0, 3.0]))
    signal = TemplateMaker(detector, tiny_moments()).by_component(0.01)[:, 0]
    data = BinnedData(np.array([3.0, 2.0]), ("b",), np.ones((1, 2)), np.array([0.1]), np.ones(1))
    scan = SignalScan(data, signal / signal.sum(), np.array([0.01, 0.05]))
    scan.upper_crossing_muB2(scan.best_fit.chi2 + 1.0)
    M_N_max_MeV(np.float64(1.0))
