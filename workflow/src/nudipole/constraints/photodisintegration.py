"""Points whose N decay late enough to break nuclei: which they are, and what they exclude after that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10, nan
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.constraints.cosmology import limit_threshold
from nudipole.constraints.cosmology_inputs import CosmologyConfig
from nudipole.constraints.cosmology_universe import Universe
from nudipole.cosmology.likelihood import chi2_abundances, chi2_helium
from nudipole.cosmology.photodisintegration import DecaySource, decay_source, observables
from nudipole.cosmology.surface import ABUNDANCES
from nudipole.errors import NudipoleError

Array = NDArray[np.float64]

HELIUM, DEUTERIUM, HELIUM_3 = "Y_p", "Y_p and D/H", "3He/D"
"""Criteria: the first two are those of the limit `bbn` and of its variants with D/H."""
SEPARATOR = "; "

UNITS = {
    "M_N_MeV": "MeV",
    "mu_nu_muB": "mu_B",
    "initial": "",
    "network": "",
    "tau_N_s": "s",
    "n_N_per_photon": "1",
    **{f"{name}_before": "1" for name in ABUNDANCES},
    **dict.fromkeys(ABUNDANCES, "1"),
    "excluded_before": "",
    "excluded_by": "",
    "newly_excluded": "",
    "status": "",
}
"""Columns with units. n_N is at 0.05 lifetimes; abundances are null where something failed, status has the reason.

excluded_before: by the limit `bbn`, i.e. Y_p alone, because D/H before the decays is not what is observed; excluded_by:
the criteria that exclude the abundances after them, separated by `; `.
"""


@dataclass(frozen=True)
class PhotodisintegrationConfig:
    """Which points are computed, and the upper bound on 3He/D."""

    M_N_points_per_decade: int
    mu_nu_points_per_decade: int
    He3_D_max: float
    He3_D_sigma: float


def photodisintegration_config(config: Mapping[str, Any]) -> PhotodisintegrationConfig:
    """Return the typed section of a validated configuration."""
    section = config["photodisintegration"]
    return PhotodisintegrationConfig(
        M_N_points_per_decade=int(section["M_N_points_per_decade"]),
        mu_nu_points_per_decade=int(section["mu_nu_points_per_decade"]),
        He3_D_max=float(section["He3_D_max"]),
        He3_D_sigma=float(section["He3_D_sigma"]),
    )


def thinned(values: Array, per_decade: int) -> Array:
    """Return every so many-th of logarithmically spaced values, so that about per_decade of them are left a decade."""
    unique = np.unique(values)
    if len(unique) < 2:
        return unique
    spacing = log10(unique[-1] / unique[0]) / (len(unique) - 1)
    return unique[:: max(1, round(1.0 / (per_decade * spacing)))]


def flagged_points(
    surfaces: pd.DataFrame, network: str, initial: str, section: PhotodisintegrationConfig
) -> pd.DataFrame:
    """Return the points of a surface with late decays, thinned, masses outermost; unsolved ones stay, with status."""
    rows = surfaces[(surfaces["network"] == network) & (surfaces["initial"] == initial)]
    masses = thinned(rows["M_N_MeV"].to_numpy(np.float64), section.M_N_points_per_decade)
    moments = thinned(rows["mu_nu_muB"].to_numpy(np.float64), section.mu_nu_points_per_decade)
    kept = rows["M_N_MeV"].isin(masses) & rows["mu_nu_muB"].isin(moments)
    return rows[kept & rows["photodisintegration"]].sort_values(["M_N_MeV", "mu_nu_muB"], ignore_index=True)


def sources(points: pd.DataFrame, universe: Universe, network: str) -> list[DecaySource | str]:
    """Return what ACROPOLIS needs for each point, or why there is nothing for it."""
    found: list[DecaySource | str] = []
    for mass, mu, tau in points[["M_N_MeV", "mu_nu_muB", "tau_N_s"]].itertuples(index=False):
        try:
            history = universe.history(mass, mu)
            steps = universe.abundance_steps(history, network)
            found.append(decay_source(history, steps, mass, tau, universe.nucleosynthesis.Omega_b_h2))
        except NudipoleError as error:
            found.append(f"not computed: {error}")
    return found


def excesses(
    values: Mapping[str, float], config: CosmologyConfig, section: PhotodisintegrationConfig
) -> dict[str, float]:
    """Return chi^2 of each criterion; that of 3He/D is an upper bound: zero below He3_D_max."""
    Y_p, D_H = np.array(values["Y_p"]), np.array(values["D_H"])
    ratio = values["He3_H"] / values["D_H"] if values["D_H"] > 0.0 else nan
    return {
        HELIUM: float(chi2_helium(Y_p, config.observed)),
        DEUTERIUM: float(chi2_abundances(Y_p, D_H, config.observed)),
        HELIUM_3: max(0.0, (ratio - section.He3_D_max) / section.He3_D_sigma) ** 2,
    }


@dataclass(frozen=True)
class Criteria:
    """What excludes abundances: chi^2 over that without N, by the quantile of the configured confidence level.

    standard: chi^2 without N, which counts with the criterion `delta_chi2` only.
    """

    config: CosmologyConfig
    section: PhotodisintegrationConfig
    standard: Mapping[str, float]

    def excluded_by(self, values: Mapping[str, float]) -> list[str]:
        """Return the names of the criteria that exclude some abundances."""
        offset = self.standard if self.config.criterion == "delta_chi2" else dict.fromkeys(self.standard, 0.0)
        level = limit_threshold(self.config.confidence_level)
        found = excesses(values, self.config, self.section)
        return [name for name, chi2 in found.items() if chi2 - offset[name] > level]


def criteria(config: CosmologyConfig, section: PhotodisintegrationConfig, standard: Mapping[str, float]) -> Criteria:
    """Return the criteria; standard: abundances without N."""
    return Criteria(config, section, excesses(standard, config, section))


def result_frame(
    points: pd.DataFrame, found: Sequence[DecaySource | str], answers: Sequence[Mapping[str, Any]], tests: Criteria
) -> pd.DataFrame:
    """Return the rows of all points; answers: nuclei and status for those with a source, in order."""
    remaining = iter(answers)
    rows = []
    for point, source in zip(points.to_dict("records"), found, strict=True):
        answer = {"nuclei": None, "status": source} if isinstance(source, str) else next(remaining)
        density = nan if isinstance(source, str) else source.n_N_per_photon
        rows.append(_row(point, density, answer, tests))
    kinds = dict.fromkeys(("excluded_before", "newly_excluded"), "bool")
    texts = dict.fromkeys(("initial", "network", "excluded_by", "status"), "str")
    numbers = {name: "float64" for name in UNITS if name not in kinds | texts}
    return pd.DataFrame(rows, columns=list(UNITS)).astype(kinds | texts | numbers)


def _row(point: Mapping[Any, Any], density: float, answer: Mapping[str, Any], tests: Criteria) -> dict[str, object]:
    nuclei = answer["nuclei"]
    after = dict.fromkeys(ABUNDANCES, nan) if nuclei is None else observables(np.array(nuclei))
    names = tests.excluded_by(after)
    before = HELIUM in tests.excluded_by(point)
    return {
        **{name: point[name] for name in ("M_N_MeV", "mu_nu_muB", "initial", "network", "tau_N_s")},
        "n_N_per_photon": density,
        **{f"{name}_before": point[name] for name in ABUNDANCES},
        **after,
        "excluded_before": before,
        "excluded_by": SEPARATOR.join(names),
        "newly_excluded": bool(names) and not before,
        "status": answer["status"],
    }
