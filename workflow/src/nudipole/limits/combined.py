"""Limits of several detectors together from their stored likelihood surfaces, at any confidence level.

    -2 ln L(M_N, mu) = sum over experiments of Delta(-2 ln L)(M_N, mu)

Each surface is profiled over the nuisances of its own experiment. What experiments share, the fluxes of the Sun, is
thereby fitted by each for itself, as if every experiment had a Sun of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, isfinite, log, sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.errors import DataError
from nudipole.likelihood.edges import Criterion, threshold_edges
from nudipole.likelihood.stored import StoredProfile, Term, curve_of

Array = NDArray[np.float64]

SAME_RTOL = 1e-12
"""Masses of two surfaces closer than this are the same."""
FEWEST_MOMENTS = 6


@dataclass(frozen=True)
class Surface:
    """Delta(-2 ln L) of one experiment and coupling: chi2 (masses, moments), nuisances (masses, moments, k)."""

    experiment: str
    M_N_MeV: Array
    mu_nu_muB: Array
    chi2: Array
    nuisances: Array

    def profile(self, M_N_MeV: float, criterion: Criterion) -> StoredProfile:
        """Return the profile at a mass between the smallest and the largest of the surface.

        Between two masses the curves of both are stretched in mu so that their upper edges by the criterion fall on
        the edge interpolated in log-log, and then averaged: the signal is mu^2 times a function of mass, which is
        steep where production ends. Where one of them has no edge nothing is stretched.
        """
        masses = self.M_N_MeV
        nearest = int(np.argmin(np.abs(masses - M_N_MeV)))
        if abs(masses[nearest] - M_N_MeV) <= SAME_RTOL * M_N_MeV:
            return self._stored(nearest)
        high = int(np.searchsorted(masses, M_N_MeV))
        share = log(M_N_MeV / masses[high - 1]) / log(masses[high] / masses[high - 1])
        pair = self._stored(high - 1), self._stored(high)
        edges = [self._upper_edge(row, criterion) for row in (high - 1, high)]
        stretches = [1.0, 1.0]
        if all(isfinite(edge) for edge in edges):
            here = edges[0] ** (1.0 - share) * edges[1] ** share
            stretches = [edge / here for edge in edges]
        weights = (1.0 - share, share)
        terms = tuple(
            replace(one.terms[0], stretch=stretch, weight=weight)
            for one, stretch, weight in zip(pair, stretches, weights, strict=True)
        )
        return StoredProfile(terms, self.mu_nu_muB**2)

    def _stored(self, row: int) -> StoredProfile:
        if row not in self._profiles:
            x_muB2 = self.mu_nu_muB**2
            self._profiles[row] = StoredProfile((Term(curve_of(x_muB2, self.chi2[row], self.nuisances[row])),), x_muB2)
        return self._profiles[row]

    def _upper_edge(self, row: int, criterion: Criterion) -> float:
        key = row, criterion
        if key not in self._edges:
            self._edges[key] = threshold_edges(self._stored(row), criterion)[1]
        return self._edges[key]

    @cached_property
    def _profiles(self) -> dict[int, StoredProfile]:
        """Profiles made so far: a mass has two neighbours."""
        return {}

    @cached_property
    def _edges(self) -> dict[tuple[int, Criterion], float]:
        """Upper edges in mu^2 found so far."""
        return {}


def surface_of(frame: pd.DataFrame, experiment: str, flavour: str) -> Surface:
    """Return the surface of one coupling from a table `results/likelihood/<experiment>.parquet`.

    Raises DataError where the table has no such coupling, or is no complete grid of masses and moments.
    """
    rows = frame[frame["flavour"] == flavour]
    if rows.empty:
        known = ", ".join(map(str, frame["flavour"].unique()))
        raise DataError(f"the surface of {experiment} has no coupling {flavour!r}; it has {known}")
    rows = rows.sort_values(["M_N_MeV", "mu_nu_muB"])
    masses, moments = (np.unique(rows[name].to_numpy(np.float64)) for name in ("M_N_MeV", "mu_nu_muB"))
    shape = len(masses), len(moments)
    if len(rows) != shape[0] * shape[1] or not np.isfinite(rows["delta_chi2"]).all():
        raise DataError(f"the surface of {experiment} is no complete grid of masses and moments; make it again")
    if len(moments) < FEWEST_MOMENTS:
        raise DataError(
            f"the surface of {experiment} has {len(moments)} moments, too few to interpolate between; raise "
            f"grid.mu_nu_points and run the workflow again"
        )
    nuisances = rows[[name for name in frame.columns if str(name).startswith("nuisance_")]].to_numpy(np.float64)
    chi2 = rows["delta_chi2"].to_numpy(np.float64).reshape(shape)
    return Surface(experiment, masses, moments, chi2, nuisances.reshape(*shape, -1))


def common_masses_MeV(surfaces: Sequence[Surface]) -> Array:
    """Return every mass of any surface in the range that all share; DataError if there is none."""
    low, high = max(s.M_N_MeV[0] for s in surfaces), min(s.M_N_MeV[-1] for s in surfaces)
    masses = np.unique(np.concatenate([s.M_N_MeV for s in surfaces]))
    masses = masses[(masses >= low) & (masses <= high)]
    if not len(masses):
        names = ", ".join(s.experiment for s in surfaces)
        raise DataError(f"the surfaces of {names} have no mass in common; make them with the same grid")
    keep = np.append(True, np.diff(masses) > SAME_RTOL * masses[1:])
    return np.asarray(masses[keep])


@dataclass(frozen=True)
class CombinedEdges:
    """The interval of the sum at one mass.

    lower_muB is None where mu = 0 lies in the interval or the interval is one-sided; upper_muB is infinite where
    nothing is excluded up to the largest stored moment. best_fit_on_grid: where the sum still falls at that moment its
    minimum is not known, and neither edge is given.
    """

    M_N_MeV: float
    lower_muB: float | None
    upper_muB: float
    best_fit_on_grid: bool = True


def combined_edges(surfaces: Sequence[Surface], criterion: Criterion) -> list[CombinedEdges]:
    """Return the interval of the sum of the surfaces at all their masses, for a kind with a fixed threshold."""
    return [_edges_at(surfaces, float(M), criterion) for M in common_masses_MeV(surfaces)]


def _edges_at(surfaces: Sequence[Surface], M_N_MeV: float, criterion: Criterion) -> CombinedEdges:
    profile, *others = (surface.profile(M_N_MeV, criterion) for surface in surfaces)
    for other in others:
        profile = profile + other
    if not profile.is_sensitive:
        return CombinedEdges(M_N_MeV, None, inf)
    if profile.is_lowest_at_end:
        return CombinedEdges(M_N_MeV, None, inf, best_fit_on_grid=False)
    lower, upper = threshold_edges(profile, criterion)
    return CombinedEdges(M_N_MeV, None if lower is None else sqrt(lower), sqrt(upper))


def moments_per_decade(surface: Surface) -> float:
    """Return how many moments the surface has a decade."""
    mu = surface.mu_nu_muB
    return (len(mu) - 1) / log(mu[-1] / mu[0]) * log(10.0)
