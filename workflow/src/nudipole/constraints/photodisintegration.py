"""Points whose N decay late enough to break nuclei: which they are, and what they exclude after that."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from nudipole.constraints.cosmology import limit_threshold
from nudipole.constraints.cosmology_inputs import CosmologyConfig
from nudipole.constraints.cosmology_universe import Universe
from nudipole.cosmology.likelihood import chi2_abundances
from nudipole.cosmology.photodisintegration import DecaySource, decay_source, observables
from nudipole.cosmology.surface import ABUNDANCES
from nudipole.errors import NudipoleError

UNITS = {
    "M_N_MeV": "MeV",
    "mu_nu_muB": "mu_B",
    "initial": "",
    "network": "",
    "tau_N_s": "s",
    "n_N_per_photon": "1",
    **{f"{name}_before": "1" for name in ABUNDANCES},
    **dict.fromkeys(ABUNDANCES, "1"),
    "chi2_before": "1",
    "chi2": "1",
    "excluded_before": "",
    "excluded": "",
    "status": "",
}
"""Abundances are null where something failed; status has the reason."""


def flagged_points(surfaces: pd.DataFrame, network: str, initial: str, every: int) -> pd.DataFrame:
    """Return the solved points of a surface with late decays, every so many-th of its masses and moments."""
    rows = surfaces[(surfaces["network"] == network) & (surfaces["initial"] == initial)]
    masses, moments = (np.sort(rows[name].unique())[::every] for name in ("M_N_MeV", "mu_nu_muB"))
    kept = rows["M_N_MeV"].isin(masses) & rows["mu_nu_muB"].isin(moments)
    flagged = rows[kept & rows["photodisintegration"] & (rows["status"] == "ok")]
    return flagged.sort_values(["M_N_MeV", "mu_nu_muB"], ignore_index=True)


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


def result_frame(
    points: pd.DataFrame,
    found: Sequence[DecaySource | str],
    answers: Sequence[Mapping[str, Any]],
    config: CosmologyConfig,
    chi2_standard: float,
) -> pd.DataFrame:
    """Return the rows of all points; answers: nuclei and status for those with a source, in order.

    Excluded: chi^2 of Y_p and D/H above that without N by the quantile of the configured level (chi^2 itself with the
    criterion `chi2`), before and after photodisintegration.
    """
    offset = chi2_standard if config.criterion == "delta_chi2" else 0.0
    level = limit_threshold(config.confidence_level)
    remaining = iter(answers)
    rows = []
    for point, source in zip(points.to_dict("records"), found, strict=True):
        answer = {"nuclei": None, "status": source} if isinstance(source, str) else next(remaining)
        nuclei = answer["nuclei"]
        after = observables(np.array(nuclei)) if nuclei is not None else dict.fromkeys(ABUNDANCES, np.nan)
        chi2 = [
            float(chi2_abundances(np.array(values["Y_p"]), np.array(values["D_H"]), config.observed))
            for values in (point, after)
        ]
        rows.append(
            {name: point[name] for name in ("M_N_MeV", "mu_nu_muB", "initial", "network", "tau_N_s")}
            | {"n_N_per_photon": np.nan if isinstance(source, str) else source.n_N_per_photon}
            | {f"{name}_before": point[name] for name in ABUNDANCES}
            | after
            | {"chi2_before": chi2[0], "chi2": chi2[1]}
            | {"excluded_before": chi2[0] - offset > level, "excluded": chi2[1] - offset > level}
            | {"status": answer["status"]}
        )
    kinds = dict.fromkeys(("excluded_before", "excluded"), "bool")
    return pd.DataFrame(rows, columns=list(UNITS)).astype(kinds)
