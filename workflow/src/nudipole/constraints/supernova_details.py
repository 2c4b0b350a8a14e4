"""Tables behind the pictures of the supernova: production by channel, mean free paths, and what sets the reach."""

from math import hypot

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.config.model import Grid
from nudipole.constants import HBARC_MEV_CM, MU_B_PER_MEV
from nudipole.constraints.supernova_model import Model
from nudipole.constraints.supernova_surface import masses_MeV
from nudipole.supernova.emission import luminosity_by_channel, opacity_MeV3
from nudipole.supernova.one_zone import channel_names
from nudipole.supernova.profile import CM_PER_KM
from nudipole.supernova.rates import rates

Array = NDArray[np.float64]
PRODUCTION_UNITS = {
    "neutrino": "",
    "channel": "",
    "M_N_MeV": "MeV",
    "Q_over_mu2_MeV7": "MeV^7",
    "L_over_mu2_erg_s_muB2": "erg/s/mu_B^2",
}
PATH_UNITS = {
    "channel": "",
    "M_N_MeV": "MeV",
    "mu_nu_muB": "mu_B",
    "p_MeV": "MeV",
    "r_km": "km",
    "mean_free_path_km": "km",
}
THERMAL, DEGENERATE = "mu_nu = 0", "nu_e"


def _kinds(model: Model, flavours: tuple[str, ...]) -> list[tuple[str, bool]]:
    return sorted({(DEGENERATE if model.is_degenerate(f) else THERMAL, model.is_degenerate(f)) for f in flavours})


def production_frame(model: Model, grid: Grid, flavours: tuple[str, ...]) -> pd.DataFrame:
    """Return Q of one zone and L of the star without absorption by channel, over mu^2."""
    frames = []
    masses = masses_MeV(grid, model.config.masses, model.star.hottest_MeV)
    for name, degenerate in _kinds(model, flavours):
        for mass in masses:
            zone = model.zone(float(mass), degenerate)
            L = luminosity_by_channel(
                float(mass), model.layers(degenerate), model.config.physics, model.config.resolution
            )
            columns = {
                "neutrino": name,
                "channel": channel_names(),
                "M_N_MeV": float(mass),
                "Q_over_mu2_MeV7": zone.Q_MeV7,
                "L_over_mu2_erg_s_muB2": L,
            }
            frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)[list(PRODUCTION_UNITS)]


def mean_free_path_frame(model: Model, masses: tuple[float, ...], mu_nu_muB: float, p_MeV: float) -> pd.DataFrame:
    """Return the mean free path against radius by channel, local momentum p, mean over helicities, mu_nu = 0."""
    shape = model.layers(False)
    r = shape.zone_centres_km
    frames = []
    for mass in masses:
        E_MeV = hypot(mass, p_MeV)
        v, E = p_MeV / E_MeV, np.full((r.size, 1), E_MeV)
        found = rates(mass, E, shape.state, model.config.physics, model.config.resolution.nodes)
        unit = (mu_nu_muB * MU_B_PER_MEV) ** 2 / HBARC_MEV_CM * CM_PER_KM
        loss = found.loss_MeV3[:, 0, :, :, 0].mean(axis=1) * unit / v
        total = opacity_MeV3(found, np.array(v), model.config.propagation)[0, :, :, 0].mean(axis=0) * unit
        for name, inverse in [*zip(channel_names(), loss, strict=True), ("all", total)]:
            with np.errstate(divide="ignore"):
                path = np.where(inverse > 0.0, 1.0 / np.where(inverse > 0.0, inverse, 1.0), np.nan)
            columns = {
                "channel": name,
                "M_N_MeV": mass,
                "mu_nu_muB": mu_nu_muB,
                "p_MeV": p_MeV,
                "r_km": r,
                "mean_free_path_km": path,
            }
            frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)[list(PATH_UNITS)]
