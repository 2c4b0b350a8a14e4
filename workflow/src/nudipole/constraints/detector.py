"""Detectors of solar neutrinos: nu + e (or nucleus) -> N + recoil, as their records in `resources/detectors` say.

Each solar flux floats within its uncertainty unless `statistics.flux_nuisances` is off.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf, isfinite, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nudipole.config.model import Grid, SolarConfig, StatisticsConfig, grid_config, solar_config, statistics_config
from nudipole.constants import KEV_PER_MEV
from nudipole.constraints.base import (
    Evaluation,
    MassLimits,
    TableSource,
    Verdict,
    above_floor,
    range_on_grid,
    require_point,
)
from nudipole.constraints.detector_criterion import criterion_of, own_threshold
from nudipole.constraints.detector_model import DetectorModel, Models
from nudipole.constraints.detector_parts import part_of
from nudipole.constraints.fluxes import fluxes_of
from nudipole.constraints.solar_inputs import other_flux_moments, solar_flux_moments
from nudipole.detectors.electrons import ElectronModel
from nudipole.detectors.record import Experiment, Record
from nudipole.detectors.response import separate_recoils_keV
from nudipole.kinematics import M_N_at_limit_MeV
from nudipole.likelihood.calibration import Threshold
from nudipole.likelihood.edges import Criterion, interval_edges
from nudipole.likelihood.intervals import IntervalKind
from nudipole.likelihood.scan import SignalScan
from nudipole.limits.refinement import refined_masses
from nudipole.limits.table import PROJECTION
from nudipole.sources.moments import FluxMoments, joined

REFINED_FOR = "mu"
"""Flavour whose limit decides where a curve needs more masses: kinematics, which is the same for all, bends it."""
MATRIX_KINKS = 24
"""Masses added for each component of the flux where a migration matrix stands for the resolution."""


@dataclass(frozen=True)
class DetectorConstraint:
    """One experiment for one configuration; models by variant."""

    experiment: Experiment
    models: Models
    statistics: StatisticsConfig
    grid: Grid
    fit_M_N_MeV: tuple[float, ...]
    spread: Models
    """The default variant by other solar model."""

    @property
    def name(self) -> str:
        """Name of the constraint."""
        return self.experiment.name

    @property
    def model(self) -> DetectorModel:
        """The default variant."""
        return self.models[self.experiment.variant]

    def masses_MeV(self) -> NDArray[np.float64]:
        """Return the grid masses and those between them that a curve needs.

        As M_N grows, the recoil limits of a component move through the bins and the limit climbs within some per
        cent in mass: there is a point for every resolution, and more of them where the limit (of nu_mu, default
        variant) would still be off a straight line in log-log, or leaves the grid.
        """
        return self._masses_MeV

    @cached_property
    def _masses_MeV(self) -> NDArray[np.float64]:
        def floor_muB(M_N_MeV: float) -> float:
            scan = self.scan(M_N_MeV, REFINED_FOR)
            return self.edges_muB(scan)[1] if scan.is_sensitive else inf

        return refined_masses(self._kinematic_masses_MeV(), floor_muB, self.grid.mu_nu_max_muB)

    def _kinematic_masses_MeV(self) -> NDArray[np.float64]:
        """Return the grid masses and, inside their range, those at which the recoils of a component begin or end."""
        grid = self.grid.M_N_MeV()
        steps = [grid]
        for part in self.model.parts:
            detector, moments = part.templates.detector, part.templates.moments
            T_keV = separate_recoils_keV(detector, MATRIX_KINKS)
            for scatterer in detector.scatterers[:1]:
                edges = moments.E_max_MeV[:, None], T_keV / KEV_PER_MEV, scatterer.mass_MeV
                steps.append(M_N_at_limit_MeV(*edges).ravel())
        together = np.concatenate(steps)
        return np.unique(together[(together >= grid[0]) & (together <= grid[-1])])

    def scan(self, M_N_MeV: float, flavour: str, variant: str | None = None) -> SignalScan:
        """Return the profile likelihood in mu^2 at one mass, in the default variant unless another is named."""
        key = (M_N_MeV, flavour, variant or self.experiment.variant)
        if key not in self._scans:
            self._scans[key] = self.models[key[2]].scan(M_N_MeV, flavour)
        return self._scans[key]

    @cached_property
    def _scans(self) -> dict[tuple[float, str, str], SignalScan]:
        """Scans made so far; each keeps its best fit."""
        return {}

    def criterion(self, variant: str | None = None) -> Criterion:
        """Return how limits of a variant are read."""
        model = self.models[variant or self.experiment.variant]
        return criterion_of(self.statistics, model, model.quantile_parameters)

    def statistic(self, variant: str | None = None) -> str:
        """Return how limits of a variant are read, in words."""
        words = self.criterion(variant).words
        return f"{PROJECTION}, median expected: {words}" if self.experiment.projection else words

    def limits(self, M_N_MeV: float, flavour: str) -> MassLimits:
        """Return the excluded and preferred ranges of mu at one mass for the default variant."""
        require_point(M_N_MeV, flavour)
        low, high = self.edges_muB(self.scan(M_N_MeV, flavour))
        excluded = range_on_grid(high, inf, self.grid)
        preferred = () if low is None else range_on_grid(low, high, self.grid)
        level = self.statistics.confidence_level
        return MassLimits(self.name, flavour, M_N_MeV, level, self.statistic(), excluded, preferred)

    def edges_muB(
        self, scan: SignalScan, variant: str | None = None, calibrated: Threshold | None = None
    ) -> tuple[float | None, float]:
        """Return (lower, upper) edge of the interval in mu at the configured level.

        The lower edge is None where mu = 0 lies in the interval or the interval is one-sided; the upper edge
        is infinite where no source can make N, or where its flux can be scaled away at that level. calibrated: the
        threshold of Feldman-Cousins if it is known; toys are made otherwise.
        """
        criterion = self.criterion(variant)
        own = self.models[variant or self.experiment.variant].own_threshold
        if criterion.kind is IntervalKind.FELDMAN_COUSINS and own is not None and scan.is_sensitive:
            calibrated = own_threshold(scan, *own)
        lower, upper = interval_edges(scan, criterion, calibrated)
        return (None if lower is None else sqrt(lower)), sqrt(upper)

    def evaluate(self, M_N_MeV: float, mu_nu_muB: float, flavour: str) -> Evaluation:
        """Return likelihood, best fit, expected signal and nuisances at one point for the default variant."""
        require_point(M_N_MeV, flavour, mu_nu_muB)
        scan = self.scan(M_N_MeV, flavour)
        if not scan.is_sensitive:
            nothing = ({"signal_events": 0.0}, {"signal_events": "1"})
            return Evaluation(self.name, flavour, M_N_MeV, mu_nu_muB, *nothing, Verdict.INSENSITIVE, None)
        low, high = self.edges_muB(scan)
        verdict, margin = above_floor(mu_nu_muB, high, self.grid)
        if low is not None and low <= mu_nu_muB <= high:
            verdict = Verdict.PREFERRED
        quantities = self._quantities(scan, mu_nu_muB) | {"mu_limit_muB": high if isfinite(high) else None}
        units = {name: "mu_B" if name.endswith("_muB") else "1" for name in quantities}
        return Evaluation(self.name, flavour, M_N_MeV, mu_nu_muB, quantities, units, verdict, margin)

    def _quantities(self, scan: SignalScan, mu_nu_muB: float) -> dict[str, float | None]:
        x = mu_nu_muB**2
        fits = scan.fits(np.array([0.0, x]))
        best = scan.best_fit
        return {
            "delta_chi2": float(fits.chi2[1]) - best.chi2,
            "chi2_min": best.chi2,
            "bins": float(len(scan.observation)),
            "mu_best_fit_muB": sqrt(best.x_muB2),
            "preference_over_no_signal": float(fits.chi2[0]) - best.chi2,
            "signal_events": float(x * scan.slope.sum()),
            **{
                f"nuisance_{name}": float(value)
                for name, value in zip(scan.nuisances.names, fits.nuisances[1], strict=True)
            },
        }


def build(
    experiments: tuple[Experiment, ...],
    config: Mapping[str, Any],
    tables: TableSource,
    moments: FluxMoments | None = None,
) -> DetectorConstraint:
    """Return the constraint of a validated configuration for all variants of an experiment, the default one first.

    moments, when given, are not computed again.
    """
    solar, statistics = solar_config(config), statistics_config(config)
    if moments is None:
        moments = solar_flux_moments(tables, solar, config["numerics"]["flux_nodes"])
    nodes, order = config["numerics"]["flux_nodes"], config["numerics"]["recoil_nodes_per_panel"]
    model = ElectronModel(config["detectors"]["electrons"])

    def likelihood(experiment: Experiment, own: SolarConfig) -> DetectorModel:
        parts = tuple(
            part_of(r, tables, model, _flux(r, own, solar, moments, tables, nodes), order, r.solar_model or own.model)
            for r in experiment.parts
        )
        priors = next((r.flux_priors for r in experiment.parts if r.flux_priors), None)
        chosen = replace(own, model=experiment.parts[0].solar_model or own.model)
        fluxes = fluxes_of(parts[0].templates.sources, priors, tables, chosen, statistics)
        return DetectorModel(parts, fluxes, experiment.quantile_parameters)

    models = {experiment.variant: likelihood(experiment, solar) for experiment in experiments}
    others = [name for name in config["detectors"]["solar_spread"] if name != solar.model]
    if any(r.solar_model for r in experiments[0].parts):
        # the record names its own
        others = []
    spread = {name: likelihood(experiments[0], replace(solar, model=name)) for name in others}
    fit_M_N_MeV = tuple(config["detectors"]["fit_M_N_MeV"])
    return DetectorConstraint(experiments[0], models, statistics, grid_config(config), fit_M_N_MeV, spread)


def _flux(
    record: Record, own: SolarConfig, default: SolarConfig, moments: FluxMoments, tables: TableSource, nodes: int
) -> FluxMoments:
    """Return the moments of the Sun in the model of a record, or else of the configuration, and of other sources."""
    chosen = replace(own, model=record.solar_model or own.model)
    here = moments if chosen == default else solar_flux_moments(tables, chosen, nodes)
    return joined(here, *(other_flux_moments(name, tables, own) for name in record.neutrinos))
