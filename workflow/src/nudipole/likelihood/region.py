"""Favoured regions in (M_N, mu): closed contours of the profile likelihood around its global minimum."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

from nudipole.likelihood.scan import SignalScan

ScanAt = Callable[[float], SignalScan]

LN_MASS_XTOL = 1e-8


@dataclass(frozen=True)
class RegionPiece:
    """A connected piece of a region: mu_low < mu < mu_high at each mass; the curves meet where it closes."""

    M_N_MeV: NDArray[np.float64]
    mu_low_muB: NDArray[np.float64]
    mu_high_muB: NDArray[np.float64]


def minima(scan_at: ScanAt, masses_MeV: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return min over mu of -2 ln L at each mass; masses without signal count as mu = 0."""
    return np.array([_minimum(scan_at, M) for M in masses_MeV])


def _minimum(scan_at: ScanAt, M_N_MeV: float) -> float:
    scan = scan_at(M_N_MeV)
    return scan.best_fit.chi2 if scan.is_sensitive else scan.chi2(0.0)


def global_minimum(scan_at: ScanAt, masses_MeV: NDArray[np.float64], chi2: NDArray[np.float64]) -> float:
    """Return the minimum over the plane, refined between the neighbours of the best grid mass."""
    best = int(np.argmin(chi2))
    low, high = masses_MeV[max(best - 1, 0)], masses_MeV[min(best + 1, len(masses_MeV) - 1)]
    found = minimize_scalar(lambda y: _minimum(scan_at, exp(y)), bounds=(log(low), log(high)), method="bounded")
    return float(min(found.fun, chi2[best]))


def region_pieces(
    scan_at: ScanAt, masses_MeV: NDArray[np.float64], chi2: NDArray[np.float64], level: float
) -> list[RegionPiece]:
    """Return the pieces where -2 ln L < level; none if mu = 0 lies below the level, since nothing is favoured then."""
    if scan_at(float(masses_MeV[0])).chi2(0.0) <= level:
        return []
    inside = chi2 < level
    starts = np.flatnonzero(inside & ~np.roll(inside, 1) | (inside & (np.arange(len(inside)) == 0)))
    pieces = []
    for start in starts:
        stop = int(start)
        while stop + 1 < len(inside) and inside[stop + 1]:
            stop += 1
        pieces.append(_piece(scan_at, masses_MeV, level, int(start), stop))
    return pieces


def _piece(scan_at: ScanAt, masses: NDArray[np.float64], level: float, start: int, stop: int) -> RegionPiece:
    rows = [_tip(scan_at, masses[start - 1], masses[start], level)] if start > 0 else []
    for M in masses[start : stop + 1]:
        scan = scan_at(float(M))
        low = scan.lower_crossing_muB2(level)
        if low is None:
            raise AssertionError("mu = 0 was checked to lie above the level, which does not depend on the mass")
        rows.append((float(M), sqrt(low), sqrt(scan.upper_crossing_muB2(level))))
    if stop + 1 < len(masses):
        rows.append(_tip(scan_at, masses[stop + 1], masses[stop], level))
    M, low_muB, high_muB = np.array(rows).T
    return RegionPiece(M, low_muB, high_muB)


def _tip(scan_at: ScanAt, outside_MeV: float, inside_MeV: float, level: float) -> tuple[float, float, float]:
    """Return the point between two masses where the region closes."""
    root = brentq(lambda y: _minimum(scan_at, exp(y)) - level, log(outside_MeV), log(inside_MeV), xtol=LN_MASS_XTOL)
    M = exp(root)
    mu = sqrt(scan_at(M).best_fit.x_muB2)
    return M, mu, mu
