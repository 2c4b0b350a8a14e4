"""A thermal history as the table that other nucleosynthesis codes read."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import CubicHermiteSpline

from nudipole.constants import HBAR_MEV_S, HBARC_MEV_CM, N_AVOGADRO_PER_MOL
from nudipole.cosmology.history import History
from nudipole.cosmology.network import baryon_density_mol_per_cm3
from nudipole.errors import DomainError

Array = NDArray[np.float64]

COLUMNS = {
    "t_s": "s",
    "T_gamma_MeV": "MeV",
    "dT_gamma_dt_MeV2": "MeV^2",
    "T_nu_MeV": "MeV",
    "H_MeV": "MeV",
    "n_b_MeV3": "MeV^3",
}
"""Columns of ACROPOLIS' `cosmo_file.dat` (arXiv:2011.06518) with their units: time in seconds, the rest in MeV.
It needs the first five and ignores further ones."""
STEP = 0.1
"""In ln a, of the nodes that free streaming adds."""
NEGLIGIBLE = 1e-6
"""Part of the energy density that N may still have when it is left out; it would decay and heat what remains."""
POINTS = 2000
"""ACROPOLIS interpolates log-linearly: this many points are good to 1e-5."""


@dataclass(frozen=True)
class Sampled:
    """A history between its steps; every array has the shape of ln_a."""

    ln_a: Array
    t_s: Array
    T_gamma_MeV: Array
    dln_T_gamma: Array
    T_nu_MeV: Array
    H_per_s: Array


def sampled(history: History, ln_a: Array) -> Sampled:
    """Return the history at ln_a: cubic Hermite with its exact derivatives; of time it is 1/H."""
    x = history.ln_a
    if not (np.isfinite(ln_a).all() and ln_a.min() >= x[0] and ln_a.max() <= x[-1]):
        raise DomainError(f"ln_a must lie in the history, {x[0]:.6g} ... {x[-1]:.6g}")
    T_gamma = CubicHermiteSpline(x, history.ln_T_gamma_MeV, history.dln_T_gamma)
    T_nu = CubicHermiteSpline(x, history.ln_T_nu_MeV, history.dln_T_nu)
    H = CubicHermiteSpline(x, history.ln_H_per_s, history.dln_H)
    t = CubicHermiteSpline(x, np.log(history.t_s), np.exp(-history.ln_H_per_s) / history.t_s)
    return Sampled(
        ln_a=ln_a,
        t_s=np.exp(t(ln_a)),
        T_gamma_MeV=np.exp(T_gamma(ln_a)),
        dln_T_gamma=T_gamma(ln_a, 1),
        T_nu_MeV=np.exp(T_nu(ln_a)),
        H_per_s=np.exp(H(ln_a)),
    )


def free_streaming(history: History, T_gamma_MeV: float) -> History:
    """Return the history continued down to T_gamma by photons and neutrinos alone: T as 1/a, H as 1/a^2.

    Matter is left out: it doubles H^2 at 8e-7 MeV, t = 1e12 s.
    """
    last = float(history.ln_T_gamma_MeV[-1])
    if not np.isfinite(T_gamma_MeV) or T_gamma_MeV <= 0.0:
        raise DomainError(f"the temperature must be positive and finite, got {T_gamma_MeV}")
    if history.rho_N_MeV4[-1] > NEGLIGIBLE * history.rho_MeV4[-1]:
        raise DomainError("N has not decayed at the end of the history, so it cannot be continued without N")
    if np.log(T_gamma_MeV) >= last:
        return history
    x = np.linspace(0.0, last - np.log(T_gamma_MeV), int((last - np.log(T_gamma_MeV)) / STEP) + 2)[1:]
    one, H = np.ones_like(x), np.exp(history.ln_H_per_s[-1])
    added = {
        "ln_a": history.ln_a[-1] + x,
        "t_s": history.t_s[-1] + np.expm1(2.0 * x) / (2.0 * H),
        "ln_T_gamma_MeV": last - x,
        "dln_T_gamma": -one,
        "ln_T_nu_MeV": history.ln_T_nu_MeV[-1] - x,
        "dln_T_nu": -one,
        "ln_H_per_s": history.ln_H_per_s[-1] - 2.0 * x,
        "dln_H": -2.0 * one,
        "rho_MeV4": history.rho_MeV4[-1] * np.exp(-4.0 * x),
        "rho_N_MeV4": 0.0 * one,
    }
    return replace(history, **{name: np.concatenate([getattr(history, name), v]) for name, v in added.items()})


def baryon_density_MeV3(ln_a: Array, Omega_b_h2: float) -> Array:
    """Return n_b = n_b0/a^3; a = 1 today."""
    today = baryon_density_mol_per_cm3(Omega_b_h2) * N_AVOGADRO_PER_MOL * HBARC_MEV_CM**3
    density: Array = today * np.exp(-3.0 * ln_a)
    return density


def cosmo_frame(history: History, Omega_b_h2: float, points: int = POINTS) -> pd.DataFrame:
    """Return COLUMNS at points equidistant in ln a from the history's first step to its last."""
    if points < 2:
        raise DomainError(f"points must be at least 2, got {points}")
    s = sampled(history, np.linspace(history.ln_a[0], history.ln_a[-1], points))
    H = s.H_per_s * HBAR_MEV_S
    slope = s.T_gamma_MeV * s.dln_T_gamma * H
    values = (s.t_s, s.T_gamma_MeV, slope, s.T_nu_MeV, H, baryon_density_MeV3(s.ln_a, Omega_b_h2))
    return pd.DataFrame(dict(zip(COLUMNS, values, strict=True)))


def cosmo_text(frame: pd.DataFrame, title: str) -> str:
    """Return the table as text: two lines of comment, then numbers separated by spaces."""
    names = " ".join(f"{name.removesuffix('_' + unit.replace('^', ''))}[{unit}]" for name, unit in COLUMNS.items())
    lines = [f"# {title}", f"# {names}"]
    lines += [" ".join(f"{value:.15e}" for value in row) for row in frame[list(COLUMNS)].to_numpy()]
    return "\n".join(lines) + "\n"
