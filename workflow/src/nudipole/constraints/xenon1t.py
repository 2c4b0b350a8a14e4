"""XENON1T electron recoils, science run 1: arXiv:2006.09721, 29 bins of 1 keV from 1 to 30 keV.

Background: B0 with a Gaussian prior on its scale, and in the variant `tritium` a free tritium component. Each
solar flux floats within its uncertainty unless `statistics.flux_nuisances` is off.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nudipole.config.model import Grid, StatisticsConfig, grid_config, solar_config, statistics_config
from nudipole.constants import A_XENON_G_PER_MOL, KEV_PER_MEV
from nudipole.constraints.base import (
    Evaluation,
    MassLimits,
    TableSource,
    Verdict,
    above_floor,
    range_on_grid,
    require_point,
)
from nudipole.constraints.solar_inputs import flux_widths, solar_flux_moments
from nudipole.detectors.electrons import ElectronModel, electron_target
from nudipole.detectors.response import Detector, highest_recoil_keV
from nudipole.detectors.templates import TemplateMaker
from nudipole.flavours import ALL_MODES
from nudipole.kinematics import M_N_at_limit_MeV
from nudipole.likelihood.intervals import limit_statistic, threshold
from nudipole.likelihood.scan import BinnedData, SignalScan
from nudipole.sources.moments import FluxMoments
from nudipole.sources.solar import SOURCES

NAME = "xenon1t"
REFERENCE = "computed; data arXiv:2006.09721"
VARIANTS = ("tritium", "no_tritium")

EXPOSURE_T_YR = 0.647309514
"""arXiv:2006.09721 quotes 0.65 t yr; this value makes the published rates integer counts to 1e-9."""
RESOLUTION_A, RESOLUTION_B = 0.3171, 0.0015
"""sigma/E = (31.71/sqrt(E/keV) + 0.15) %, arXiv:2003.03825, as used in 2006.09721."""


def xenon1t_detector(tables: TableSource, electrons: ElectronModel) -> Detector:
    """Return the detector with the given treatment of bound electrons."""
    shells, efficiency = tables("xenon_subshells"), tables("xenon1t_sr1_efficiency")
    counts = tables("xenon1t_sr1_er_counts")
    target = electron_target(
        electrons, shells["binding_energy_keV"].to_numpy(), shells["electrons"].to_numpy(), A_XENON_G_PER_MOL
    )
    edges = np.append(counts["E_low_keV"].to_numpy(), counts["E_high_keV"].iloc[-1])
    return Detector(
        NAME,
        EXPOSURE_T_YR,
        target,
        efficiency["E_keV"].to_numpy(),
        efficiency["efficiency"].to_numpy(),
        RESOLUTION_A,
        RESOLUTION_B,
        edges.astype(float),
    )


def xenon1t_data(tables: TableSource, background_prior: float, *, tritium: bool) -> BinnedData:
    """Return counts and background of one variant."""
    counts = tables("xenon1t_sr1_er_counts")["counts"].to_numpy().astype(float)
    table = tables("xenon1t_sr1_er_background")
    components = 2 if tritium else 1
    return BinnedData(
        counts=counts,
        names=("B0", "tritium")[:components],
        background=np.stack([table["B0_counts"], table["tritium_counts"]])[:components],
        prior_width=np.array([background_prior, inf])[:components],
        start=np.array([1.0, 0.1])[:components],
    )


def nuisance_names(data: BinnedData) -> list[str]:
    """Return the names of the nuisances in the order of the fits: background scales, then flux scales."""
    return [*data.names, *(f"flux_{source}" for source in SOURCES)]


@dataclass(frozen=True)
class Xenon1t:
    """The constraint for one configuration."""

    templates: TemplateMaker
    data: Mapping[str, BinnedData]
    default_variant: str
    flux_width: NDArray[np.float64]
    statistics: StatisticsConfig
    grid: Grid

    def masses_MeV(self) -> NDArray[np.float64]:
        """Return the grid masses and, inside their range, those at which the recoils of a component begin or end.

        As M_N grows, the recoil limits of a component move through the bins and the limit climbs within some per
        cent in mass: with a point for every two keV of recoil, interpolation in log-log keeps to 1 %.
        """
        grid, detector = self.grid.M_N_MeV(), self.templates.detector
        T_keV = np.arange(detector.bin_edges_keV[0], highest_recoil_keV(detector), 2.0)
        steps = M_N_at_limit_MeV(self.templates.moments.E_max_MeV[:, None], T_keV / KEV_PER_MEV)
        return np.unique(np.concatenate([grid, steps[(steps > grid[0]) & (steps < grid[-1])]]))

    def scan(self, M_N_MeV: float, flavour: str, variant: str) -> SignalScan:
        """Return the profile likelihood in mu^2 at one mass."""
        key = (M_N_MeV, flavour, variant)
        if key not in self._scans:
            # contiguous: kernels are compiled for that layout only
            signal = np.ascontiguousarray(self.templates.by_source(M_N_MeV)[:, ALL_MODES.index(flavour)])
            self._scans[key] = SignalScan(self.data[variant], signal, self.flux_width)
        return self._scans[key]

    @cached_property
    def _scans(self) -> dict[tuple[float, str, str], SignalScan]:
        """Scans made so far; each keeps its best fit."""
        return {}

    def limits(self, M_N_MeV: float, flavour: str) -> MassLimits:
        """Return the excluded and preferred ranges of mu at one mass for the default variant."""
        require_point(M_N_MeV, flavour)
        level = self.statistics.confidence_level
        statistic = limit_statistic(level, self.statistics.interval)
        low, high = self.edges_muB(self.scan(M_N_MeV, flavour, self.default_variant))
        excluded = range_on_grid(high, inf, self.grid)
        preferred = () if low is None else range_on_grid(low, high, self.grid)
        return MassLimits(NAME, flavour, M_N_MeV, level, statistic, excluded, preferred)

    def edges_muB(self, scan: SignalScan) -> tuple[float | None, float]:
        """Return (lower, upper) edge of the interval in mu at the configured level.

        The lower edge is None where mu = 0 lies in the interval or the interval is one-sided; the upper edge
        is infinite where no source can make N, or where its flux can be scaled away at that level.
        """
        if not scan.is_sensitive:
            return None, inf
        level = scan.best_fit.chi2 + threshold(self.statistics.confidence_level, self.statistics.interval)
        lower = scan.lower_crossing_muB2(level) if self.statistics.interval.has_lower_edge else None
        return (None if lower is None else sqrt(lower)), sqrt(scan.upper_crossing_muB2(level))

    def evaluate(self, M_N_MeV: float, mu_nu_muB: float, flavour: str) -> Evaluation:
        """Return likelihood, best fit, expected signal and nuisances at one point for the default variant."""
        require_point(M_N_MeV, flavour, mu_nu_muB)
        scan = self.scan(M_N_MeV, flavour, self.default_variant)
        if not scan.is_sensitive:
            nothing = ({"signal_events": 0.0}, {"signal_events": "1"})
            return Evaluation(NAME, flavour, M_N_MeV, mu_nu_muB, *nothing, Verdict.INSENSITIVE, None)
        low, high = self.edges_muB(scan)
        verdict, margin = above_floor(mu_nu_muB, high)
        if low is not None and low <= mu_nu_muB <= high:
            verdict = Verdict.PREFERRED
        quantities = self._quantities(scan, mu_nu_muB) | {"mu_limit_muB": high if isfinite(high) else None}
        units = {name: "mu_B" if name.endswith("_muB") else "1" for name in quantities}
        return Evaluation(NAME, flavour, M_N_MeV, mu_nu_muB, quantities, units, verdict, margin)

    def _quantities(self, scan: SignalScan, mu_nu_muB: float) -> dict[str, float | None]:
        x = mu_nu_muB**2
        fits = scan.fits(np.array([x, 0.0]))
        names = nuisance_names(scan.data)
        best = scan.best_fit
        return {
            "delta_chi2": float(fits.chi2[0]) - best.chi2,
            "chi2_min": best.chi2,
            "mu_best_fit_muB": sqrt(best.x_muB2),
            "preference_over_no_signal": float(fits.chi2[1]) - best.chi2,
            "signal_events": float(x * scan.signal.sum()),
            **{f"nuisance_{name}": float(v) for name, v in zip(names, fits.nuisances[0], strict=True)},
        }


def build(config: Mapping[str, Any], tables: TableSource, moments: FluxMoments | None = None) -> Xenon1t:
    """Return the constraint of a validated configuration; moments, when given, are not computed again."""
    section, solar = config["detectors"], solar_config(config)
    statistics = statistics_config(config)
    if moments is None:
        moments = solar_flux_moments(tables, solar, config["numerics"]["flux_nodes"])
    detector = xenon1t_detector(tables, ElectronModel(section["electrons"]))
    prior = section["xenon1t"]["background_prior"]
    widths = flux_widths(tables, solar.model)
    return Xenon1t(
        templates=TemplateMaker(detector, moments, config["numerics"]["recoil_nodes_per_panel"]),
        data={v: xenon1t_data(tables, prior, tritium=v == "tritium") for v in VARIANTS},
        default_variant="tritium" if section["xenon1t"]["tritium"] else "no_tritium",
        flux_width=widths if statistics.flux_nuisances else np.zeros_like(widths),
        statistics=statistics,
        grid=grid_config(config),
    )
