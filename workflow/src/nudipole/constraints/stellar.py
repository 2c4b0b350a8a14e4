"""Stellar cooling by plasmon decay: everything above mu(M_N) is excluded, the same for every flavour."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isclose, log
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.config.model import Grid, grid_config
from nudipole.constants import KEV_PER_MEV
from nudipole.constraints.base import Evaluation, MassLimits, Verdict, above_floor, range_on_grid, require_point
from nudipole.errors import ConfigError
from nudipole.limits.refinement import refined_masses
from nudipole.limits.table import Curve, Edge, Label, grid_status
from nudipole.stellar.dispersion import transverse_threshold_keV
from nudipole.stellar.emission import COLDEST_RATIO, Emission, ln_q_over_mu2_eV7, q_erg_per_g_s
from nudipole.stellar.limit import limit_muB
from nudipole.stellar.star import MOMENT_BOUNDS, MomentBound, Star, star_named

NAME = "stellar"
ASSUMED_LEVEL = 0.90
"""Confidence level written for a mu_0 that the user chose."""
STATISTIC = "mu_0 of the star scaled with the energy loss, mu_0 sqrt(Q(0)/Q(M_N))"
THRESHOLD_OFFSETS = np.array(
    [-0.1, -0.05, -0.03, -0.02, -0.01, -5e-3, -2e-3, -1e-3, 0.0, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.03]
)
"""Relative distances to a plasmon threshold at which the curve gets extra points."""


@dataclass(frozen=True)
class StellarCooling:
    """The constraint for one configuration."""

    star: Star
    bound: MomentBound
    emission: Emission
    grid: Grid

    @property
    def statistic(self) -> str:
        """The criterion in words."""
        return f"{STATISTIC}, mu_0 = {self.bound.mu_0_muB:g} mu_B"

    @property
    def citations(self) -> tuple[str, ...]:
        """Sources of the core and of mu_0."""
        return tuple(dict.fromkeys([self.star.citation, self.bound.citation]))

    def masses_MeV(self) -> NDArray[np.float64]:
        """Return the grid masses and more around the thresholds, where the limit is nearly vertical, and bends."""
        grid = self.grid.M_N_MeV()
        thresholds_MeV = (
            np.array([self.star.omega_p_keV, transverse_threshold_keV(self.star.omega_p_keV, self.star.v_F)])
            / KEV_PER_MEV
        )
        around = np.outer(thresholds_MeV, 1.0 + THRESHOLD_OFFSETS).ravel()
        masses = np.unique(np.concatenate([grid, around[(around > grid[0]) & (around < grid[-1])]]))
        return refined_masses(masses, self._floor_muB, self.grid.mu_nu_max_muB)

    def _floor_muB(self, M_N_MeV: float) -> float:
        return float(self.limit_muB(np.array([M_N_MeV]), self.emission)[0])

    def limit_muB(self, M_N_MeV: NDArray[np.float64], emission: Emission) -> NDArray[np.float64]:
        """Return the smallest excluded moment at each mass; infinite where plasmons cannot decay."""
        return limit_muB(self.star, M_N_MeV * KEV_PER_MEV, emission, mu_0_muB=self.bound.mu_0_muB)

    def limits(self, M_N_MeV: float, flavour: str) -> MassLimits:
        """Return the excluded range of mu at one mass for the default emission."""
        require_point(M_N_MeV, flavour)
        floor = float(self.limit_muB(np.array([M_N_MeV]), self.emission)[0])
        excluded = range_on_grid(floor, inf, self.grid)
        return MassLimits(NAME, flavour, M_N_MeV, self.bound.confidence_level, self.statistic, excluded, ())

    def evaluate(self, M_N_MeV: float, mu_nu_muB: float, flavour: str) -> Evaluation:
        """Return energy loss and limit at one point for the default emission."""
        require_point(M_N_MeV, flavour, mu_nu_muB)
        mass_keV = np.array([M_N_MeV * KEV_PER_MEV])
        floor = float(self.limit_muB(np.array([M_N_MeV]), self.emission)[0])
        quantities: dict[str, float | None] = {
            "Q_erg_per_g_s": float(q_erg_per_g_s(self.star, mass_keV, mu_nu_muB, self.emission)[0]),
            "Q_over_mu2_eV7": float(np.exp(ln_q_over_mu2_eV7(self.star, mass_keV, self.emission)[0])),
        }
        units = {"Q_erg_per_g_s": "erg/g/s", "Q_over_mu2_eV7": "eV^7"}
        if not np.isfinite(floor):
            return Evaluation(NAME, flavour, M_N_MeV, mu_nu_muB, quantities, units, Verdict.INSENSITIVE, None)
        verdict, margin = above_floor(mu_nu_muB, floor, self.grid)
        quantities |= {"Q_over_limit": (mu_nu_muB / floor) ** 2, "mu_limit_muB": floor}
        units |= {"Q_over_limit": "1", "mu_limit_muB": "mu_B"}
        return Evaluation(NAME, flavour, M_N_MeV, mu_nu_muB, quantities, units, verdict, margin)


def build(config: Mapping[str, Any]) -> StellarCooling:
    """Return the constraint of a validated configuration; without mu_0_muB the star's own bound holds."""
    section = config["stellar"]
    star = star_named(section["star"])
    if section["emission"] not in applicable_emissions(star):
        raise ConfigError(
            f"stellar.emission = {section['emission']} does not apply to stellar.star = {star.name}, whose core is "
            f"cold (omega_p > {COLDEST_RATIO:g} T); choose one of {', '.join(applicable_emissions(star))}"
        )
    return StellarCooling(
        star, moment_bound(star, section["mu_0_muB"]), Emission(section["emission"]), grid_config(config)
    )


def moment_bound(star: Star, mu_0_muB: float | None) -> MomentBound:
    """Return the bound a configured mu_0 belongs to, the star's own without one; an unknown value is the user's."""
    mu_0 = star.mu_0_muB if mu_0_muB is None else float(mu_0_muB)
    for bound in MOMENT_BOUNDS:
        if isclose(bound.mu_0_muB, mu_0):
            return bound
    return MomentBound("configuration", mu_0, ASSUMED_LEVEL, "mu_0 from the configuration")


def applicable_emissions(star: Star) -> tuple[Emission, ...]:
    """Return the emission models that hold for a star: a constant width fails in a cold core."""
    cold = star.omega_p_keV > COLDEST_RATIO * star.T_keV
    return tuple(e for e in Emission if not (cold and e is Emission.FINITE_WIDTH))


def cooling_frame(constraint: StellarCooling) -> pd.DataFrame:
    """Return energy loss over its limit for mu = 1 mu_B (it scales as mu^2) and the limit, by emission and mass.

    Null where plasmons cannot decay, and the limit also where it exceeds one mu_B: no dipole operator is
    meant there. log10 Q is kept because Q underflows at large masses.
    """
    masses = constraint.masses_MeV()
    frames = []
    for emission in applicable_emissions(constraint.star):
        ln_q = ln_q_over_mu2_eV7(constraint.star, masses * KEV_PER_MEV, emission)
        floor = constraint.limit_muB(masses, emission)
        open_channel, meaningful = np.isfinite(ln_q), floor <= 1.0
        columns = {
            "star": constraint.star.name,
            "emission": str(emission),
            "M_N_MeV": masses,
            "log10_Q_over_mu2_eV7": np.where(open_channel, ln_q / log(10.0), np.nan),
            "mu_limit_muB": np.where(meaningful, floor, np.nan),
            "Q_over_limit_per_muB2": np.where(meaningful, np.where(meaningful, floor, 1.0) ** -2.0, np.nan),
        }
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


COOLING_UNITS = {
    "star": "",
    "emission": "",
    "M_N_MeV": "MeV",
    "log10_Q_over_mu2_eV7": "log10(eV^7)",
    "mu_limit_muB": "mu_B",
    "Q_over_limit_per_muB2": "mu_B^-2",
}


def curves(constraint: StellarCooling, flavours: tuple[str, ...]) -> list[Curve]:
    """Return the limit of each emission for each flavour."""
    masses, grid = constraint.masses_MeV(), constraint.grid
    found = []
    for emission in sorted(applicable_emissions(constraint.star), key=lambda model: model is not constraint.emission):
        floor = constraint.limit_muB(masses, emission)
        mu, status = grid_status(floor, grid.mu_nu_min_muB, grid.mu_nu_max_muB)
        is_default, reference = emission is constraint.emission, f"computed; {', '.join(constraint.citations)}"
        for flavour in flavours:
            label = Label(
                NAME,
                str(emission),
                is_default,
                flavour,
                constraint.bound.confidence_level,
                constraint.statistic,
                "computed",
                reference,
            )
            found.append(Curve(label, Edge.FLOOR, 0, masses, mu, status))
    return found
