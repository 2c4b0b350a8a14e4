"""Nucleosynthesis (`bbn`) and the CMB's N_eff (`cmb`) at a point and at a mass, the same for every flavour.

The curves over the whole plane are contours of the stored surfaces (`cosmology_curves`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import exp, isfinite, isnan, log, nan
from typing import Any

import numpy as np

from nudipole.config.model import Grid, grid_config
from nudipole.constraints.base import Evaluation, MassLimits, Range, TableSource, Verdict, require_point
from nudipole.constraints.cosmology_inputs import CosmologyConfig, cosmology_config
from nudipole.constraints.cosmology_universe import Universe, universe
from nudipole.cosmology import surface
from nudipole.cosmology.background import Status as Solved
from nudipole.cosmology.likelihood import chi2_helium, chi2_N_eff
from nudipole.cosmology.point import Point
from nudipole.cosmology.surface import ABUNDANCES
from nudipole.likelihood.intervals import IntervalKind, threshold
from nudipole.limits.table import Status
from nudipole.progress import advance

BBN, CMB = "bbn", "cmb"
SCAN_STEP = log(10.0) / 10.0
"""Step in ln mu of the search for edges: islands of exclusion narrower than a tenth of a decade are missed."""
EDGE_TOLERANCE = 1e-3
"""Tolerance in ln mu of an edge."""

_STORED = (*ABUNDANCES, "N_eff", "tau_N_s", "rho_N_max_fraction", "energy_drift")
UNITS = {name: surface.UNITS[name] for name in _STORED} | {
    "chi2": "1",
    "chi2_threshold": "1",
    "photodisintegration": "1",
    "spectral_distortion": "1",
    "weak_rates_extrapolated": "1",
}
"""Quantities of an evaluation; flags are 0 or 1, chi2 is that of the criterion."""


def limit_threshold(confidence_level: float) -> float:
    """Return the quantile of chi^2 with one degree of freedom: abundances may be off in both directions."""
    return threshold(confidence_level, IntervalKind.TWO_SIDED)


@dataclass(frozen=True)
class Cosmology:
    """One of the two constraints for one configuration: its default variant at single points."""

    name: str
    config: CosmologyConfig
    grid: Grid
    universe: Universe

    @property
    def statistic(self) -> str:
        """The criterion in words."""
        what = "Y_p alone" if self.name == BBN else "N_eff"
        test = "chi^2 over that without N" if self.config.criterion == "delta_chi2" else "chi^2"
        return f"{test} of {what}, one degree of freedom, two-sided"

    def chi2(self, point: Point) -> float:
        """Return chi^2 of a solved point."""
        if self.name == CMB:
            return float(chi2_N_eff(np.array(point.background.N_eff), self.config.observed))
        Y_p = point.abundances[self.config.network].Y_p
        return float(chi2_helium(np.array(Y_p), self.config.observed))

    @cached_property
    def chi2_without_N(self) -> float:
        """chi^2 of the standard model, or zero where chi^2 is tested by itself."""
        return self.chi2(self.universe.standard()) if self.config.criterion == "delta_chi2" else 0.0

    def excess(self, point: Point) -> float:
        """Return chi^2 over its threshold, positive where excluded; NaN if N outlives recombination or is unsolved."""
        if point.status is not Solved.OK:
            return nan
        return self.chi2(point) - self.chi2_without_N - limit_threshold(self.config.confidence_level)

    def evaluate(self, M_N_MeV: float, mu_nu_muB: float, flavour: str) -> Evaluation:
        """Return abundances, N_eff and flags at one point, with the verdict of the default variant."""
        require_point(M_N_MeV, flavour, mu_nu_muB)
        point = self._point(M_N_MeV, mu_nu_muB)
        excess = self.excess(point)
        margin = None
        if not point.status.solved:
            verdict = Verdict.UNSOLVED
        elif isnan(excess):
            verdict = Verdict.INSENSITIVE
        else:
            distance = self._distance_dex(M_N_MeV, mu_nu_muB, excess > 0.0)
            margin = distance if distance is None or excess > 0.0 else -distance
            elsewhere = Verdict.INSENSITIVE if distance is None else Verdict.ALLOWED
            verdict = Verdict.EXCLUDED if excess > 0.0 else elsewhere
        return Evaluation(self.name, flavour, M_N_MeV, mu_nu_muB, self._quantities(point), UNITS, verdict, margin)

    def limits(self, M_N_MeV: float, flavour: str) -> MassLimits:
        """Return every excluded range of mu at one mass, found on a scan of ten moments a decade."""
        require_point(M_N_MeV, flavour)
        low, high = log(self.grid.mu_nu_min_muB), log(self.grid.mu_nu_max_muB)
        ln_mu = np.linspace(low, high, round((high - low) / SCAN_STEP) + 1)
        excluded = [self._excluded(M_N_MeV, x) for x in ln_mu]
        turns = [k for k in range(len(ln_mu) - 1) if excluded[k] != excluded[k + 1]]
        edges = [exp(self._edge(M_N_MeV, ln_mu[k], ln_mu[k + 1])) for k in turns]
        lows: list[float | None] = ([None] if excluded[0] else []) + [
            e for k, e in zip(turns, edges) if excluded[k + 1]
        ]
        highs: list[float | None] = [e for k, e in zip(turns, edges) if excluded[k]] + ([None] if excluded[-1] else [])
        ranges = tuple(
            Range(
                low,
                high,
                Status.OFF_GRID_LOW if low is None else Status.OK,
                Status.OFF_GRID_HIGH if high is None else Status.OK,
            )
            for low, high in zip(lows, highs, strict=True)
        )
        level = self.config.confidence_level
        return MassLimits(self.name, flavour, M_N_MeV, level, self.statistic, ranges, ())

    def _quantities(self, point: Point) -> dict[str, float | None]:
        background, found = point.background, point.abundances.get(self.config.network)
        decided = self.excess(point) + limit_threshold(self.config.confidence_level)
        values: dict[str, float] = {
            **{name: getattr(found, name) if found else nan for name in ABUNDANCES},
            "N_eff": background.N_eff,
            "tau_N_s": background.tau_N_s,
            "rho_N_max_fraction": background.rho_N_max_fraction,
            "energy_drift": background.energy_drift,
            "chi2": decided,
            "chi2_threshold": limit_threshold(self.config.confidence_level),
            "photodisintegration": float(point.photodisintegration),
            "spectral_distortion": float(point.spectral_distortion),
            "weak_rates_extrapolated": float(point.weak_rates_extrapolated),
        }
        return {name: value if isfinite(value) else None for name, value in values.items()}

    def _excluded(self, M_N_MeV: float, ln_mu: float) -> bool:
        return self.excess(self._point(M_N_MeV, exp(ln_mu))) > 0.0

    def _point(self, M_N_MeV: float, mu_nu_muB: float) -> Point:
        point = self.universe.point(M_N_MeV, mu_nu_muB)
        advance("points solved")
        return point

    def _edge(self, M_N_MeV: float, low: float, high: float) -> float:
        """Return ln mu where the verdict changes between two moments, by bisection."""
        at_low = self._excluded(M_N_MeV, low)
        while high - low > EDGE_TOLERANCE:
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self._excluded(M_N_MeV, middle) == at_low else (low, middle)
        return 0.5 * (low + high)

    def _distance_dex(self, M_N_MeV: float, mu_nu_muB: float, excluded: bool) -> float | None:
        """Return |log10| of the factor in mu to the nearest edge on the grid, None if there is none."""
        here = log(mu_nu_muB)
        low, high = log(self.grid.mu_nu_min_muB), log(self.grid.mu_nu_max_muB)
        steps = int(max(high - here, here - low) / SCAN_STEP) + 1
        for k in range(steps):
            found = []
            for sign in (1.0, -1.0):
                # the last step ends with the grid, where an edge may be closer than a whole step
                near, far = (min(max(here + sign * n * SCAN_STEP, low), high) for n in (k, k + 1))
                if near != far and self._excluded(M_N_MeV, far) != excluded:
                    found.append(abs(self._edge(M_N_MeV, min(near, far), max(near, far)) - here))
            if found:
                return min(found) / log(10.0)
        return None


def build(name: str, config: Mapping[str, Any], tables: TableSource) -> Cosmology:
    """Return `bbn` or `cmb` for a validated configuration."""
    settings = cosmology_config(config)
    return Cosmology(name, settings, grid_config(config), universe(settings, settings.scenarios[0], tables))
