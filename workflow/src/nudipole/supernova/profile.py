"""Radial profiles of a proto-neutron star: analytic, or a user's table."""

from dataclasses import dataclass
from enum import StrEnum
from math import pi

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from nudipole.constants import G_NEWTON_CM3_PER_G_S2, SPEED_OF_LIGHT_CM_PER_S
from nudipole.errors import DataError, DomainError
from nudipole.supernova.medium import Medium, medium

Array = NDArray[np.float64]
CM_PER_KM = 1e5
MASS_STEP_KM = 0.02
"""Of the enclosed mass; halving it moves the central lapse by 1e-6."""


SMALLEST_CORE_KM, CORE_KM = 2.0, 10.0
"""A table that is hottest further in than the first has its core cut at the second."""


class Lapse(StrEnum):
    """Gravitational redshift, energy at infinity over local energy."""

    NEWTONIAN = "newtonian"
    """sqrt(1 + 2 Phi) with the Newtonian potential."""
    RELATIVISTIC = "relativistic"
    """e^Phi, dPhi/dr = G m/(r^2 (1 - 2 G m/r)): general relativity without the pressure."""
    NONE = "none"


@dataclass(frozen=True)
class Chang:
    """The analytic profile of Chang, Essig and McDermott, arXiv:1611.03864.

    rho = rho_c {1 + k_rho (1 - r/R_c)} inside R_c, rho_c (r/R_c)^-nu outside; T = T_c {1 + k_T (1 - r/R_c)} inside,
    T_c (r/R_c)^{-nu/3} outside.
    """

    rho_c_g_cm3: float = 3e14
    T_c_MeV: float = 30.0
    R_c_km: float = 10.0
    k_rho: float = 0.2
    k_T: float = -0.5
    nu: float = 5.0
    Y_e: float = 0.3

    def __post_init__(self) -> None:
        """Refuse values that leave no positive density or temperature somewhere."""
        positive = ("rho_c_g_cm3", "T_c_MeV", "R_c_km")
        for name in positive:
            if not 0.0 < getattr(self, name) < np.inf:
                raise DomainError(f"{name} must be positive and finite, got {getattr(self, name)}")
        if not (self.k_rho > -1.0 and self.k_T > -1.0 and self.nu > 3.0 and 0.0 < self.Y_e <= 1.0):
            raise DomainError(f"{self}: k_rho and k_T must exceed -1, nu 3, and Y_e lie in (0, 1]")

    def rho_g_cm3(self, r_km: Array) -> Array:
        """Return the density."""
        x = r_km / self.R_c_km
        inside = 1.0 + self.k_rho * (1.0 - x)
        return np.asarray(self.rho_c_g_cm3 * np.where(x < 1.0, inside, np.maximum(x, 1.0) ** -self.nu))

    def temperature_MeV(self, r_km: Array) -> Array:
        """Return the temperature."""
        x = r_km / self.R_c_km
        inside = 1.0 + self.k_T * (1.0 - x)
        return np.asarray(self.T_c_MeV * np.where(x < 1.0, inside, np.maximum(x, 1.0) ** (-self.nu / 3.0)))


@dataclass(frozen=True)
class NeutrinoDegeneracy:
    """mu_nue = centre (1 - (r/R)^2) inside R, zero outside."""

    centre_MeV: float = 120.0
    R_km: float = 12.0

    def mu_nue_MeV(self, r_km: Array) -> Array:
        """Return the chemical potential of nu_e."""
        return np.asarray(self.centre_MeV * np.maximum(1.0 - (r_km / self.R_km) ** 2, 0.0))


TABLE_COLUMNS = ("r_km", "rho_g_cm3", "T_MeV", "Y_e", "mu_e_MeV", "mu_nue_MeV")
TABLE_RANGES = {
    "r_km": (0.0, 1e5),
    "rho_g_cm3": (1.0, 5e15),
    "T_MeV": (1e-3, 200.0),
    "Y_e": (1e-3, 1.0),
    "mu_e_MeV": (-10.0, 1e3),
    "mu_nue_MeV": (-1e3, 1e3),
    "lapse": (0.05, 1.0),
}
"""What a table of a proto-neutron star may hold; outside, a unit is wrong."""


@dataclass(frozen=True, eq=False)
class Star:
    """A profile on its own nodes, all arrays of the same shape; read it with `at`."""

    R_core_km: float
    """Inside it the grid is uniform in r; the place of a kink, if there is one."""
    r_km: Array
    rho_g_cm3: Array
    T_MeV: Array
    Y_e: Array
    mu_e_MeV: Array | None
    mu_nue_MeV: Array
    lapse: Array

    def at(self, r_km: Array, degenerate: bool) -> tuple[Medium, Array]:
        """Return the medium and the lapse at radii inside the profile; degenerate: mu_nu of nu_e, else 0."""
        if r_km.min() < 0.0 or r_km.max() > self.r_km[-1]:
            raise DomainError(f"radii must lie in 0 ... {self.r_km[-1]:g} km, the end of the profile")
        r = np.maximum(r_km, self.r_km[0])

        def read(values: Array) -> Array:
            return np.asarray(PchipInterpolator(self.r_km, values)(r))

        mu_nu = read(self.mu_nue_MeV) if degenerate else np.zeros_like(r)
        mu_e = None if self.mu_e_MeV is None else read(self.mu_e_MeV)
        state = medium(
            np.exp(read(np.log(self.rho_g_cm3))), np.exp(read(np.log(self.T_MeV))), read(self.Y_e), mu_nu, mu_e_MeV=mu_e
        )
        return state, read(self.lapse)

    @property
    def hottest_MeV(self) -> float:
        """Return the largest temperature."""
        return float(self.T_MeV.max())

    def radius_at_T_km(self, T_MeV: float) -> float:
        """Return the outermost radius at which the temperature falls below T."""
        hot = np.flatnonzero(self.T_MeV >= T_MeV)
        if hot.size == 0 or hot[-1] + 1 == self.r_km.size:
            raise DomainError(f"the profile nowhere falls through {T_MeV:g} MeV: no neutrino sphere")
        i = hot[-1]
        step = np.log(self.T_MeV[i] / T_MeV) / np.log(self.T_MeV[i] / self.T_MeV[i + 1])
        return float(self.r_km[i] + step * (self.r_km[i + 1] - self.r_km[i]))


def enclosed_mass_g(r_km: Array, rho_g_cm3: Array) -> Array:
    """Return int 4 pi r^2 rho dr by the trapezoidal rule from the first radius."""
    r = r_km * CM_PER_KM
    shell = 4.0 * pi * r**2 * rho_g_cm3
    steps = 0.5 * (shell[1:] + shell[:-1]) * np.diff(r)
    return np.concatenate([[0.0], np.cumsum(steps)])


def lapse_of(r_km: Array, rho_g_cm3: Array, kind: Lapse) -> Array:
    """Return the lapse from the mass inside the last radius; Phi there is that of a point mass."""
    if kind is Lapse.NONE:
        return np.ones_like(r_km)
    compactness = G_NEWTON_CM3_PER_G_S2 / SPEED_OF_LIGHT_CM_PER_S**2 * enclosed_mass_g(r_km, rho_g_cm3) / CM_PER_KM
    with np.errstate(invalid="ignore", divide="ignore"):
        gravity = np.where(r_km > 0.0, compactness / r_km**2, 0.0)
        metric = np.where(r_km > 0.0, 1.0 - 2.0 * compactness / r_km, 1.0)
    if kind is Lapse.RELATIVISTIC:
        gravity = gravity / metric
    steps = 0.5 * (gravity[1:] + gravity[:-1]) * np.diff(r_km)
    inwards = np.concatenate([np.cumsum(steps[::-1])[::-1], [0.0]])
    surface = compactness[-1] / r_km[-1]
    squared = 1.0 - 2.0 * (surface + inwards)
    if kind is Lapse.RELATIVISTIC:
        return np.asarray(np.sqrt(1.0 - 2.0 * surface) * np.exp(-inwards))
    if squared.min() <= 0.0:
        raise DomainError("the Newtonian potential exceeds 1/2: the profile is too compact, use the relativistic lapse")
    return np.asarray(np.sqrt(squared))


def analytic_star(model: Chang, degeneracy: NeutrinoDegeneracy, lapse: Lapse, R_far_km: float) -> Star:
    """Return the analytic profile out to R_far."""
    if not model.R_c_km < R_far_km < np.inf:
        raise DomainError(f"R_far = {R_far_km} km must lie outside R_c = {model.R_c_km} km")
    dense = np.arange(0.0, 12.0 * model.R_c_km, MASS_STEP_KM)
    far = np.geomspace(dense[-1], max(R_far_km, 2.0 * dense[-1]), 400)[1:]
    r = np.unique(np.concatenate([dense, [model.R_c_km, R_far_km], far]))
    rho = model.rho_g_cm3(r)
    return Star(
        R_core_km=model.R_c_km,
        r_km=r,
        rho_g_cm3=rho,
        T_MeV=model.temperature_MeV(r),
        Y_e=np.full_like(r, model.Y_e),
        mu_e_MeV=None,
        mu_nue_MeV=degeneracy.mu_nue_MeV(r),
        lapse=lapse_of(r, rho, lapse),
    )


def table_star(frame: pd.DataFrame, lapse: Lapse) -> Star:
    """Return a profile from a table with TABLE_COLUMNS and perhaps `lapse`; raise DataError if it cannot be one."""
    missing = [name for name in TABLE_COLUMNS if name not in frame.columns]
    if missing:
        raise DataError(
            f"the profile has no column {', '.join(missing)}; it needs {', '.join(TABLE_COLUMNS)} [, lapse]"
        )
    if len(frame) < 10:
        raise DataError(f"the profile has {len(frame)} radii; at least 10 are needed")
    for name, (low, high) in TABLE_RANGES.items():
        if name in frame.columns:
            values = frame[name].to_numpy(dtype=np.float64)
            wrong = ~(np.isfinite(values) & (values >= low) & (values <= high))
            if wrong.any():
                raise DataError(
                    f"the profile has {name} = {values[wrong][0]:g} in row {int(np.flatnonzero(wrong)[0]) + 1}; "
                    f"allowed is {low:g} ... {high:g} (is the unit right?)"
                )
    table = {name: frame[name].to_numpy(dtype=np.float64) for name in frame.columns if name in TABLE_RANGES}
    if not (np.diff(table["r_km"]) > 0.0).all():
        raise DataError("the radii of the profile must increase")
    given = table.get("lapse")
    hottest = float(table["r_km"][table["T_MeV"].argmax()])
    return Star(
        R_core_km=hottest if hottest > SMALLEST_CORE_KM else CORE_KM,
        **{name: table[name] for name in TABLE_COLUMNS},
        lapse=lapse_of(table["r_km"], table["rho_g_cm3"], lapse) if given is None else given,
    )
