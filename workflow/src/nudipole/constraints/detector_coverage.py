"""How often the intervals of a detector hold the truth, and what limit was to be expected: toys at some masses."""

from collections.abc import Iterator
from math import isfinite, sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.config.model import log_grid
from nudipole.constraints.detector import DetectorConstraint
from nudipole.constraints.detector_criterion import SEED
from nudipole.errors import ConfigError
from nudipole.likelihood.calibration import asymptotic_limit_muB2, calibrated_threshold
from nudipole.likelihood.cls import BAND_SIGMA, expected_limits
from nudipole.likelihood.edges import Criterion, expected_upper_muB2
from nudipole.likelihood.intervals import IntervalKind, threshold
from nudipole.likelihood.scan import SignalScan
from nudipole.likelihood.toys import toy_statistics

Array = NDArray[np.float64]

RELATIVE_MOMENTS = (0.0, 0.4, 1.0, 1.6)
"""True moments over the two-sided limit at which coverage is measured, not those of the calibration."""
COVERAGE_UNITS = {
    "experiment": "", "variant": "", "flavour": "", "M_N_MeV": "MeV", "mu_nu_muB": "mu_B", "relative_to_limit": "1",
    "confidence_level": "1", "toys": "1", "threshold": "1", "coverage_two_sided": "1", "coverage_one_sided": "1",
    "coverage_calibrated": "1", "coverage_error": "1",
}  # fmt: skip
EXPECTED_UNITS = {
    "experiment": "", "variant": "", "flavour": "", "M_N_MeV": "MeV", "sigma": "1", "mu_asimov_muB": "mu_B",
    "mu_toys_muB": "mu_B", "mu_observed_muB": "mu_B", "toys": "1",
}  # fmt: skip


def coverage_tables(
    constraint: DetectorConstraint, flavour: str, points: int, toys: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (coverage, expected limits) of the default variant at so many masses at which something is excluded.

    Raises DomainError for a likelihood that cannot make toys.
    """
    scans = {float(M): constraint.scan(float(M), flavour) for M in _masses(constraint, flavour, points)}
    head = {"experiment": constraint.name, "variant": constraint.experiment.variant, "flavour": flavour}
    level = constraint.statistics.confidence_level
    covered = [
        {**head, **row}
        for number, (M, scan) in enumerate(scans.items())
        for row in _coverage_rows(M, scan, level, toys, SEED + 1000 * number)
    ]
    criterion = constraint.criterion()
    expected = [
        {**head, **row}
        for number, (M, scan) in enumerate(scans.items())
        for row in _expected_rows(M, scan, criterion, constraint.edges_muB(scan)[1], toys, SEED + 1000 * number)
    ]
    return pd.DataFrame(covered)[list(COVERAGE_UNITS)], pd.DataFrame(expected)[list(EXPECTED_UNITS)]


def _masses(constraint: DetectorConstraint, flavour: str, points: int) -> Array:
    """Return masses between the lightest of the grid and the heaviest at which a moment on the grid is excluded."""
    level = constraint.statistics.confidence_level
    grid = constraint.grid.M_N_MeV()
    limits = np.sqrt([asymptotic_limit_muB2(constraint.scan(float(M), flavour), level) for M in grid])
    reached = grid[limits <= constraint.grid.mu_nu_max_muB]
    if not len(reached):
        raise ConfigError(
            f"statistics.coverage.experiments: {constraint.name} excludes nothing on this grid; remove it"
        )
    return log_grid(float(reached[0]), float(reached[-1]), points)


def _coverage_rows(M_N_MeV: float, scan: SignalScan, level: float, toys: int, seed: int) -> Iterator[dict[str, float]]:
    calibrated = calibrated_threshold(scan, level, toys, seed)
    two_sided, one_sided = (threshold(level, kind) for kind in (IntervalKind.TWO_SIDED, IntervalKind.ONE_SIDED))
    for number, relative in enumerate(RELATIVE_MOMENTS):
        x = calibrated.x_limit_muB2 * relative**2
        # toys of their own, and not those the threshold was made from
        q = toy_statistics(seed + 500 + number, toys, x, scan.fits(np.array([x])).nuisances[0], scan)
        covered = float(np.mean(q <= calibrated(x)))
        yield {
            "M_N_MeV": M_N_MeV,
            "mu_nu_muB": sqrt(x),
            "relative_to_limit": relative,
            "confidence_level": level,
            "toys": toys,
            "threshold": calibrated(x),
            "coverage_two_sided": float(np.mean(q <= two_sided)),
            "coverage_one_sided": float(np.mean(q <= one_sided)),
            "coverage_calibrated": covered,
            "coverage_error": sqrt(covered * (1.0 - covered) / toys),
        }


def _expected_rows(
    M_N_MeV: float, scan: SignalScan, criterion: Criterion, observed_muB: float, toys: int, seed: int
) -> Iterator[dict[str, float]]:
    by_toys = np.full(len(BAND_SIGMA), np.nan)
    if criterion.kind.has_threshold and criterion.parameters == 1:
        by_toys = np.sqrt(expected_limits(scan, criterion.confidence_level, criterion.kind, toys, seed).band_muB2)
    for sigma, from_toys in zip(BAND_SIGMA, by_toys, strict=True):
        yield {
            "M_N_MeV": M_N_MeV,
            "sigma": sigma,
            "mu_asimov_muB": _finite(sqrt(expected_upper_muB2(scan, criterion, sigma))),
            "mu_toys_muB": _finite(float(from_toys)),
            "mu_observed_muB": _finite(observed_muB),
            "toys": toys,
        }


def _finite(value: float) -> float:
    return value if isfinite(value) else float("nan")
