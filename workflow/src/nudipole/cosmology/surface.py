"""Surfaces on the (M_N, mu_nu) plane: one row a point and set of nuclear rates."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nudipole.cosmology.point import Point

Array = NDArray[np.float64]

UNITS = {
    "M_N_MeV": "MeV",
    "mu_nu_muB": "mu_B",
    "initial": "",
    "network": "",
    "Y_p": "1",
    "D_H": "1",
    "He3_H": "1",
    "Li7_H": "1",
    "N_eff": "1",
    "tau_N_s": "s",
    "rho_N_max_fraction": "1",
    "energy_drift": "1",
    "photodisintegration": "",
    "spectral_distortion": "",
    "weak_rates_extrapolated": "",
    "status": "",
}
"""Columns in order, with their units. Abundances and N_eff are null where nothing was solved (see status)."""

ABUNDANCES = ("Y_p", "D_H", "He3_H", "Li7_H")


def point_rows(
    M_N_MeV: float, mu_nu_muB: float, initial: str, networks: tuple[str, ...], point: Point
) -> list[dict[str, object]]:
    """Return the rows of one point; numbers of an unsolved one are NaN."""
    solved = point.status.solved
    background = point.background
    common = {
        "M_N_MeV": M_N_MeV,
        "mu_nu_muB": mu_nu_muB,
        "initial": initial,
        "N_eff": background.N_eff if solved else np.nan,
        "tau_N_s": background.tau_N_s,
        "rho_N_max_fraction": background.rho_N_max_fraction if solved else np.nan,
        "energy_drift": background.energy_drift,
        "photodisintegration": point.photodisintegration,
        "spectral_distortion": point.spectral_distortion,
        "weak_rates_extrapolated": point.weak_rates_extrapolated,
        "status": str(point.status),
    }
    rows = []
    for network in networks:
        found = point.abundances.get(network) if solved else None
        values = {name: getattr(found, name) if found else np.nan for name in ABUNDANCES}
        rows.append({name: ({"network": network} | values | common)[name] for name in UNITS})
    return rows


def surface_frame(
    M_N_MeV: Array,
    mu_nu_muB: Array,
    initial: str,
    networks: tuple[str, ...],
    solve: Callable[[float, Array], list[Point]],
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> pd.DataFrame:
    """Return the rows of all points, masses outermost; solve gives the points of one mass at all moments."""
    rows: list[dict[str, object]] = []
    for number, mass in enumerate(M_N_MeV):
        for mu, point in zip(mu_nu_muB, solve(float(mass), mu_nu_muB), strict=True):
            rows += point_rows(float(mass), float(mu), initial, networks, point)
        progress(number + 1, len(M_N_MeV))
    return pd.DataFrame(rows, columns=list(UNITS))


def on_grid(frame: pd.DataFrame, column: str) -> tuple[Array, Array, Array]:
    """Return (masses, moments, values of shape (masses, moments)) of one initial state and network."""
    table = frame.pivot(index="M_N_MeV", columns="mu_nu_muB", values=column).sort_index().sort_index(axis=1)
    return (
        table.index.to_numpy(dtype=np.float64),
        table.columns.to_numpy(dtype=np.float64),
        table.to_numpy(dtype=np.float64),
    )
