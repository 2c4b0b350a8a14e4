"""How the limit of an experiment is read off: its criterion, and thresholds of Feldman-Cousins over the masses."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nudipole.config.model import StatisticsConfig
from nudipole.constraints.detector_model import DetectorModel
from nudipole.likelihood.calibration import RELATIVE_NODES, Threshold, asymptotic_limit_muB2, calibrated_threshold
from nudipole.likelihood.edges import Criterion
from nudipole.likelihood.intervals import IntervalKind
from nudipole.likelihood.scan import SignalScan

Array = NDArray[np.float64]

SEED = 1


def criterion_of(statistics: StatisticsConfig, model: DetectorModel, parameters: int) -> Criterion:
    """Return the configured criterion, or two-sided for a likelihood that cannot make toys or Asimov data.

    Those are tabulated likelihoods and narrow bins around events; a tabulated one can have a threshold of its own for
    Feldman-Cousins. The words of the criterion, stored with each limit, say which one it is.
    """
    kind, power = statistics.interval, statistics.power_constraint
    if not model.is_generative:
        power = False
        own = kind is IntervalKind.FELDMAN_COUSINS and model.own_threshold is not None
        kind = kind if kind.has_threshold or own else IntervalKind.TWO_SIDED
    if kind is not IntervalKind.TWO_SIDED:
        parameters = 1
    return Criterion(statistics.confidence_level, kind, power, statistics.toys, parameters)


@dataclass(frozen=True)
class Calibration:
    """Thresholds c(mu/mu_asymptotic) at some masses, values (masses, nodes); interpolated in ln M_N between them."""

    M_N_MeV: Array
    values: Array
    confidence_level: float

    def at(self, M_N_MeV: float, scan: SignalScan) -> Threshold | None:
        """Return the threshold for a scan at a mass; None where nothing is excluded at that level."""
        x_limit = asymptotic_limit_muB2(scan, self.confidence_level)
        if not np.isfinite(x_limit) or not len(self.M_N_MeV):
            return None
        ln_M, nodes = np.log(self.M_N_MeV), self.values.T
        values = np.array([np.interp(np.log(M_N_MeV), ln_M, node) for node in nodes])
        return Threshold(x_limit, np.array(RELATIVE_NODES), values)


def calibrate(
    scan_at: Callable[[float], SignalScan], masses_MeV: Array, criterion: Criterion, points: int
) -> Calibration:
    """Return the thresholds at so many of the masses at which something is excluded, by toys."""
    level = criterion.confidence_level
    limits = np.array([asymptotic_limit_muB2(scan_at(float(M)), level) for M in masses_MeV])
    excluded = masses_MeV[np.isfinite(limits)]
    chosen = np.unique(np.linspace(0, max(len(excluded) - 1, 0), points).round().astype(int))
    nodes = excluded[chosen[chosen < len(excluded)]]
    found = [calibrated_threshold(scan_at(float(M)), level, criterion.toys, SEED + i) for i, M in enumerate(nodes)]
    return Calibration(nodes, np.array([threshold.values for threshold in found]), level)


def own_threshold(scan: SignalScan, signal_events: Array, values: Array) -> Threshold:
    """Return a collaboration's threshold against expected events: x = 1/(events at 1 mu_B) has one event."""
    return Threshold(float(1.0 / scan.slope.sum()), np.sqrt(signal_events), values)
