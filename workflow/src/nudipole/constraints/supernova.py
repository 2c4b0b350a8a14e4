"""SN 1987A and low-energy supernovae: what they say at a point and at a mass, and their curves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log10
from typing import Any

import numpy as np
import pandas as pd

from nudipole.config.model import Grid, grid_config
from nudipole.constraints.base import Evaluation, MassLimits, Range, Verdict, require_point
from nudipole.constraints.supernova_inputs import Criterion, SupernovaConfig, supernova_config
from nudipole.constraints.supernova_model import Bound, Model
from nudipole.constraints.supernova_surface import moments_muB
from nudipole.limits.branches import range_curves
from nudipole.limits.crossings import Excess, excesses
from nudipole.limits.refinement import Array, refined_ranges
from nudipole.limits.table import Curve, Label, Status
from nudipole.progress import advance
from nudipole.supernova.one_zone import channel_names

ASSUMED_LEVEL = 0.90
"""Written for bounds that have no confidence level: they compare orders of magnitude of energy."""
REFERENCE = {
    Bound.COOLING: "computed; arXiv:2402.01624 (integrated luminosity), arXiv:1611.03864 (profile)",
    Bound.LOW_ENERGY: "computed; arXiv:2201.09890 (criterion), arXiv:2402.01624",
    Bound.EXPLOSION: "computed; arXiv:2201.09890 (criterion)",
    Bound.GAMMA: "computed; Phys. Rev. Lett. 62 (1989) 505 (SMM), arXiv:1702.02964 (method)",
    Bound.NEUTRINOS: "computed; arXiv:2209.11773 (idea), astro-ph/0302055 (cross section)",
}


def statistic(config: SupernovaConfig, bound: Bound) -> str:
    """Return the criterion in words."""
    decays = config.decays
    cooling = {
        Criterion.LUMINOSITY: f"L_N < {config.L_nu_erg_s:g} erg/s at 1 s, no confidence level",
        Criterion.EMISSIVITY: f"Q/rho < {config.Q_max_erg_g_s:g} erg/g/s in one zone, no confidence level",
    }
    return {
        Bound.COOLING: cooling[config.criterion],
        Bound.LOW_ENERGY: f"less than {decays.low_energy.E_max_erg:g} erg in the envelope, no confidence level",
        Bound.EXPLOSION: f"less than {decays.explosion.E_max_erg:g} erg in the envelope, no confidence level",
        Bound.GAMMA: f"fluence < {decays.gamma.fluence_max_per_cm2:g}/cm^2 in {decays.gamma.window_s:g} s",
        Bound.NEUTRINOS: f"less than {decays.neutrinos.events_max:g} events, 0 seen",
    }[bound]


@dataclass(frozen=True, eq=False)
class SupernovaBound:
    """One bound for one configuration."""

    bound: Bound
    model: Model
    grid: Grid

    def _ranges(self, M_N_MeV: float, flavour: str) -> tuple[Excess, ...]:
        moments = moments_muB(self.grid)
        values = self.model.values((self.bound,), M_N_MeV, moments, self.model.is_degenerate(flavour))
        advance("points solved", len(moments))
        return excesses(moments, values[self.bound] / self.model.limit_of(self.bound))

    def limits(self, M_N_MeV: float, flavour: str) -> MassLimits:
        """Return the excluded ranges of mu at one mass."""
        require_point(M_N_MeV, flavour)
        excluded = tuple(
            Range(
                None if one.from_first else one.low_muB,
                None if one.to_last else one.high_muB,
                Status.OFF_GRID_LOW if one.from_first else Status.OK,
                Status.OFF_GRID_HIGH if one.to_last else Status.OK,
            )
            for one in self._ranges(M_N_MeV, flavour)
        )
        words = statistic(self.model.config, self.bound)
        return MassLimits(str(self.bound), flavour, M_N_MeV, ASSUMED_LEVEL, words, excluded, ())

    def evaluate(self, M_N_MeV: float, mu_nu_muB: float, flavour: str) -> Evaluation:
        """Return the bounded quantity at one point, and what N of each channel carry away in one zone."""
        require_point(M_N_MeV, flavour, mu_nu_muB)
        degenerate, bound = self.model.is_degenerate(flavour), self.bound
        value = float(self.model.values((bound,), M_N_MeV, np.array([mu_nu_muB]), degenerate)[bound][0])
        name, unit = self.model.quantity(bound)
        quantities: dict[str, float | None] = {name: value, f"{name}_over_limit": value / self.model.limit_of(bound)}
        units = {name: unit, f"{name}_over_limit": "1"}
        if bound is Bound.COOLING:
            zone = self.model.zone(M_N_MeV, degenerate)
            for channel, Q in zip(channel_names(), zone.Q_MeV7, strict=True):
                quantities[f"Q_{channel}_over_mu2_MeV7"] = float(Q)
                units[f"Q_{channel}_over_mu2_MeV7"] = "MeV^7"
        verdict, margin = self._verdict(M_N_MeV, mu_nu_muB, flavour, value > self.model.limit_of(bound))
        return Evaluation(str(bound), flavour, M_N_MeV, mu_nu_muB, quantities, units, verdict, margin)

    def _verdict(self, M_N_MeV: float, mu_nu_muB: float, flavour: str, excluded: bool) -> tuple[Verdict, float | None]:
        ranges = self._ranges(M_N_MeV, flavour)
        if not ranges and not excluded:
            return Verdict.INSENSITIVE, None
        return (Verdict.EXCLUDED if excluded else Verdict.ALLOWED), _margin(ranges, mu_nu_muB, excluded)


def _margin(ranges: tuple[Excess, ...], mu_nu_muB: float, inside: bool) -> float | None:
    """Return the distance in log10 mu to the nearest edge on the grid, negative outside."""
    edges = [one.low_muB for one in ranges if not one.from_first] + [one.high_muB for one in ranges if not one.to_last]
    if not edges:
        return None
    distance = min(abs(log10(mu_nu_muB / edge)) for edge in edges)
    return distance if inside else -distance


def build(name: str, config: Mapping[str, Any], profile: Callable[[str], pd.DataFrame]) -> SupernovaBound:
    """Return a bound of a validated configuration; profile reads the table of a star by its path."""
    found = supernova_config(config)
    table = profile(found.profile_table) if found.profile_table is not None else None
    return SupernovaBound(Bound(name), Model(found, table), grid_config(config))


def curves(config: SupernovaConfig, surface: pd.DataFrame, variant: str) -> list[Curve]:
    """Return the edges of every bound of one variant from its surface; the empty variant is the default."""
    found: list[Curve] = []
    edges: dict[bytes, tuple[Array, list[tuple[Excess, ...]]]] = {}
    for (constraint, flavour), rows in surface.groupby(["constraint", "flavour"], sort=False):
        bound = Bound(str(constraint))
        table = rows.pivot_table(index="M_N_MeV", columns="mu_nu_muB", values="over_limit", sort=True)
        ratio = table.to_numpy(dtype=np.float64)
        # flavours without a chemical potential have the same table
        key = ratio.tobytes()
        if key not in edges:
            masses, moments = (axis.to_numpy(dtype=np.float64) for axis in (table.index, table.columns))
            edges[key] = refined_ranges(masses, moments, ratio)
        name = str(config.criterion) if bound is Bound.COOLING else "decay"
        label = Label(
            str(bound),
            f"{name};{variant}" if variant else name,
            not variant,
            str(flavour),
            ASSUMED_LEVEL,
            statistic(config, bound),
            "computed",
            REFERENCE[bound],
        )
        found += range_curves(label, *edges[key])
    return found
