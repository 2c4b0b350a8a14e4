"""XENON1T over the whole plane: limits, intervals, favoured regions, and the likelihood surface."""

from collections.abc import Iterator
from dataclasses import replace
from math import inf

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.constraints.xenon1t import NAME, REFERENCE, VARIANTS, Xenon1t, nuisance_names
from nudipole.flavours import ALL_MODES
from nudipole.likelihood.intervals import limit_statistic, region_statistic, region_threshold
from nudipole.likelihood.region import global_minimum, minima, region_pieces
from nudipole.likelihood.scan import BinnedData, SignalScan
from nudipole.limits.table import Curve, Edge, Label, grid_status
from nudipole.sources.solar import SOURCES

REGION_SUFFIX = ";region"


def curves(constraint: Xenon1t, flavours: tuple[str, ...]) -> list[Curve]:
    """Return every curve of the constraint for the given modes, both variants."""
    masses = constraint.masses_MeV()
    return [
        curve
        for flavour in flavours
        for variant in sorted(VARIANTS, key=lambda name: name != constraint.default_variant)
        for curve in [
            *_interval_curves(constraint, masses, flavour, variant),
            *_regions(constraint, masses, flavour, variant),
        ]
    ]


def _label(constraint: Xenon1t, flavour: str, variant: str, level: float, statistic: str) -> Label:
    is_default = variant == constraint.default_variant
    return Label(NAME, variant, is_default, flavour, level, statistic, "computed", REFERENCE)


def _curve(
    constraint: Xenon1t,
    label: Label,
    edge: Edge,
    branch: int,
    M_N_MeV: NDArray[np.float64],
    mu_muB: NDArray[np.float64],
) -> Curve:
    mu, status = grid_status(mu_muB, constraint.grid.mu_nu_min_muB, constraint.grid.mu_nu_max_muB)
    return Curve(label, edge, branch, M_N_MeV, mu, status)


def _interval_curves(constraint: Xenon1t, masses: NDArray[np.float64], flavour: str, variant: str) -> Iterator[Curve]:
    level = constraint.statistics.confidence_level
    label = _label(constraint, flavour, variant, level, limit_statistic(level, constraint.statistics.interval))
    edges = [constraint.edges_muB(constraint.scan(float(M), flavour, variant)) for M in masses]
    high = np.array([upper for _, upper in edges])
    yield _curve(constraint, label, Edge.FLOOR, 0, masses, high)
    low = np.array([inf if lower is None else lower for lower, _ in edges])
    inside = np.isfinite(low) & (low <= constraint.grid.mu_nu_max_muB)
    # a change from inside to outside starts a new piece
    pieces = np.split(np.arange(len(masses)), np.flatnonzero(np.diff(inside)) + 1)
    for branch, rows in enumerate(rows for rows in pieces if inside[rows[0]]):
        for edge, mu in ((Edge.PREFERRED_LOW, low), (Edge.PREFERRED_HIGH, high)):
            yield _curve(constraint, label, edge, branch, masses[rows], mu[rows])


def _regions(constraint: Xenon1t, masses: NDArray[np.float64], flavour: str, variant: str) -> Iterator[Curve]:
    def scan_at(M_N_MeV: float) -> SignalScan:
        return constraint.scan(M_N_MeV, flavour, variant)

    chi2 = minima(scan_at, masses)
    lowest, branch = global_minimum(scan_at, masses, chi2), 0
    for level in constraint.statistics.region_confidence_levels:
        label = _label(constraint, flavour, variant, level, region_statistic(level))
        label = replace(label, variant=variant + REGION_SUFFIX, is_default=False)
        # branches are numbered on from one confidence level to the next
        for piece in region_pieces(scan_at, masses, chi2, lowest + region_threshold(level)):
            yield _curve(constraint, label, Edge.PREFERRED_LOW, branch, piece.M_N_MeV, piece.mu_low_muB)
            yield _curve(constraint, label, Edge.PREFERRED_HIGH, branch, piece.M_N_MeV, piece.mu_high_muB)
            branch += 1


def rates_frame(constraint: Xenon1t, flavours: tuple[str, ...]) -> pd.DataFrame:
    """Return expected signal events per bin at mu = 1 mu_B, in total and by source."""
    edges = constraint.templates.detector.bin_edges_keV
    masses, bins = constraint.masses_MeV(), len(edges) - 1
    modes = [ALL_MODES.index(flavour) for flavour in flavours]
    # (masses, sources, modes, bins) -> (sources, modes x masses x bins)
    events = np.stack([constraint.templates.by_source(float(M))[:, modes] for M in masses])
    events = events.transpose(1, 2, 0, 3).reshape(len(SOURCES), -1)
    frame = {
        "experiment": NAME,
        "flavour": np.repeat(np.array(flavours, dtype=object), len(masses) * bins),
        "M_N_MeV": np.tile(np.repeat(masses, bins), len(flavours)),
        "bin_low": np.tile(edges[:-1], len(masses) * len(flavours)),
        "bin_high": np.tile(edges[1:], len(masses) * len(flavours)),
        "events_per_muB2": events.sum(axis=0),
    }
    return pd.DataFrame(frame | {f"events_per_muB2_{source}": events[i] for i, source in enumerate(SOURCES)})


def rates_units() -> dict[str, str]:
    """Return the units of `rates_frame`."""
    units = {"experiment": "", "flavour": "", "M_N_MeV": "MeV", "bin_low": "keV", "bin_high": "keV"}
    return units | {"events_per_muB2": "mu_B^-2"} | {f"events_per_muB2_{s}": "mu_B^-2" for s in SOURCES}


def surface_frame(
    rates: pd.DataFrame, data: BinnedData, width: NDArray[np.float64], mu_muB: NDArray[np.float64]
) -> pd.DataFrame:
    """Return Delta(-2 ln L) above the minimum over mu^2 >= 0 on the grid, with the profiled nuisances.

    rates: the table of `rates_frame`. Where nothing is expected the surface is flat, not missing.
    """
    columns = [f"events_per_muB2_{source}" for source in SOURCES]
    bins = len(data.counts)
    points = rates[["flavour", "M_N_MeV"]].iloc[::bins]
    signals = rates[columns].to_numpy().reshape(len(points), bins, len(columns)).transpose(0, 2, 1)
    scans = [SignalScan(data, np.ascontiguousarray(signal), width) for signal in signals]
    fits = [scan.fits(mu_muB**2) for scan in scans]
    lowest = [scan.best_fit.chi2 if scan.is_sensitive else scan.chi2(0.0) for scan in scans]
    nuisances = np.concatenate([fit.nuisances for fit in fits])
    frame = {
        "experiment": NAME,
        "flavour": np.repeat(points["flavour"].to_numpy(), len(mu_muB)),
        "M_N_MeV": np.repeat(points["M_N_MeV"].to_numpy(), len(mu_muB)),
        "mu_nu_muB": np.tile(mu_muB, len(points)),
        "delta_chi2": np.concatenate([fit.chi2 - low for fit, low in zip(fits, lowest, strict=True)]),
    }
    return pd.DataFrame(frame | {f"nuisance_{name}": nuisances[:, i] for i, name in enumerate(nuisance_names(data))})


def surface_units(data: BinnedData) -> dict[str, str]:
    """Return the units of `surface_frame`."""
    units = {"experiment": "", "flavour": "", "M_N_MeV": "MeV", "mu_nu_muB": "mu_B", "delta_chi2": "1"}
    return units | {f"nuisance_{name}": "1" for name in nuisance_names(data)}
