"""A detector over the whole plane: limits, intervals and favoured regions."""

from collections.abc import Iterator
from dataclasses import replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from nudipole.constraints.detector import DetectorConstraint
from nudipole.constraints.detector_criterion import calibrate
from nudipole.likelihood.intervals import IntervalKind, region_statistic, region_threshold
from nudipole.likelihood.region import ScanAt, global_minimum, minima, region_pieces
from nudipole.likelihood.scan import SignalScan
from nudipole.limits.intervals import interval_curves
from nudipole.limits.table import SOLAR_VARIANT, Curve, Edge, Label, grid_status

REGION_SUFFIX = ";region"


def curves(constraint: DetectorConstraint, flavours: tuple[str, ...]) -> list[Curve]:
    """Return every curve of the constraint for the given modes, all variants."""
    masses = constraint.masses_MeV()
    variants = list(constraint.models)
    return [
        curve
        for flavour in flavours
        for variant in variants
        for curve in [
            *_interval_curves(constraint, masses, flavour, variant),
            *_regions(constraint, masses, flavour, variant),
        ]
    ] + [curve for flavour in flavours for curve in _spread(constraint, masses, flavour)]


def _label(constraint: DetectorConstraint, flavour: str, variant: str, level: float, statistic: str) -> Label:
    is_default = variant == constraint.experiment.variant
    reference = "computed; data " + ", ".join(constraint.experiment.citation)
    return Label(constraint.name, variant, is_default, flavour, level, statistic, "computed", reference)


def _curve(
    constraint: DetectorConstraint,
    label: Label,
    edge: Edge,
    branch: int,
    M_N_MeV: NDArray[np.float64],
    mu_muB: NDArray[np.float64],
) -> Curve:
    mu, status = grid_status(mu_muB, constraint.grid.mu_nu_min_muB, constraint.grid.mu_nu_max_muB)
    return Curve(label, edge, branch, M_N_MeV, mu, status)


def _edges(
    constraint: DetectorConstraint, scan_at: ScanAt, masses: NDArray[np.float64], variant: str
) -> list[tuple[float | None, float]]:
    """Return the edges at all masses, with thresholds from toys if the criterion wants them."""
    criterion, scans = constraint.criterion(variant), {float(M): scan_at(float(M)) for M in masses}
    by_toys = criterion.kind is IntervalKind.FELDMAN_COUSINS and constraint.models[variant].own_threshold is None
    if not by_toys:
        return [constraint.edges_muB(scan, variant) for scan in scans.values()]
    calibration = calibrate(scans.__getitem__, masses, criterion, constraint.statistics.calibration_points)
    thresholds = {M: calibration.at(M, scan) for M, scan in scans.items()}
    return [
        (None, inf) if thresholds[M] is None else constraint.edges_muB(scan, variant, thresholds[M])
        for M, scan in scans.items()
    ]


def _spread(constraint: DetectorConstraint, masses: NDArray[np.float64], flavour: str) -> Iterator[Curve]:
    """Yield the limit of the default variant in other solar models."""
    level, default = constraint.statistics.confidence_level, constraint.experiment.variant
    for name, model in constraint.spread.items():
        label = replace(
            _label(constraint, flavour, f"{default}{SOLAR_VARIANT}{name}", level, constraint.statistic()),
            is_default=False,
        )
        edges = _edges(constraint, lambda M, m=model: m.scan(M, flavour), masses, default)  # type: ignore[misc]
        high = np.array([upper for _, upper in edges])
        yield _curve(constraint, label, Edge.FLOOR, 0, masses, high)


def _interval_curves(
    constraint: DetectorConstraint, masses: NDArray[np.float64], flavour: str, variant: str
) -> Iterator[Curve]:
    level = constraint.statistics.confidence_level
    label = _label(constraint, flavour, variant, level, constraint.statistic(variant))
    edges = _edges(constraint, lambda M: constraint.scan(M, flavour, variant), masses, variant)
    yield from interval_curves(label, masses, edges, constraint.grid.mu_nu_min_muB, constraint.grid.mu_nu_max_muB)


def _regions(
    constraint: DetectorConstraint, masses: NDArray[np.float64], flavour: str, variant: str
) -> Iterator[Curve]:
    def scan_at(M_N_MeV: float) -> SignalScan:
        return constraint.scan(M_N_MeV, flavour, variant)

    chi2 = minima(scan_at, masses)
    lowest, branch = global_minimum(scan_at, masses, chi2), 0
    parameters = constraint.statistics.region_parameters
    for level in constraint.statistics.region_confidence_levels:
        label = _label(constraint, flavour, variant, level, region_statistic(level, parameters))
        label = replace(label, variant=variant + REGION_SUFFIX, is_default=False)
        # branches are numbered on from one confidence level to the next
        for piece in region_pieces(scan_at, masses, chi2, lowest + region_threshold(level, parameters)):
            yield _curve(constraint, label, Edge.PREFERRED_LOW, branch, piece.M_N_MeV, piece.mu_low_muB)
            yield _curve(constraint, label, Edge.PREFERRED_HIGH, branch, piece.M_N_MeV, piece.mu_high_muB)
            branch += 1
