"""Tables of one solved point for figures: temperatures and densities against time, abundances against temperature."""

import numpy as np
import pandas as pd

from nudipole.cosmology.history import History
from nudipole.cosmology.network import AbundanceSteps
from nudipole.cosmology.nuclear import SPECIES
from nudipole.cosmology.plasma import RHO_NU_OVER_T4

HISTORY_UNITS = {
    "t_s": "s",
    "a": "1",
    "T_gamma_MeV": "MeV",
    "T_nu_MeV": "MeV",
    "rho_em_fraction": "1",
    "rho_nu_fraction": "1",
    "rho_N_fraction": "1",
    "rho_MeV4": "MeV^4",
}
"""Columns of the history: fractions are of the total energy density."""


def history_frame(history: History) -> pd.DataFrame:
    """Return temperatures and energy densities on the steps of the solver, early to late."""
    nu = RHO_NU_OVER_T4 * history.T_nu_MeV**4 / history.rho_MeV4
    N = history.rho_N_MeV4 / history.rho_MeV4
    columns = [
        history.t_s, np.exp(history.ln_a), history.T_gamma_MeV, history.T_nu_MeV, 1.0 - nu - N, nu, N, history.rho_MeV4,
    ]  # fmt: skip
    return pd.DataFrame(dict(zip(HISTORY_UNITS, columns, strict=True)))


def abundance_units() -> dict[str, str]:
    """Return the columns of the table of abundances with their units."""
    return {"with_N": "", "T_gamma_MeV": "MeV", **{f"Y_{name}": "1" for name in SPECIES}}


def abundance_frame(steps: AbundanceSteps, *, with_N: bool) -> pd.DataFrame:
    """Return Y_i = n_i/n_b against the photon temperature on the steps of the network."""
    columns = {f"Y_{name}": steps.Y[:, i] for i, name in enumerate(SPECIES)}
    return pd.DataFrame({"with_N": with_N, "T_gamma_MeV": steps.T_gamma_MeV, **columns})
