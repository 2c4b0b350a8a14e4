"""Solving one history: from the particle, the assumptions and the initial state to temperatures, N_eff and checks."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import exp, log, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from nudipole.constants import HBAR_MEV_S, M_PLANCK_MEV, T_CMB_MEV
from nudipole.cosmology.assumptions import DecayBalance, Kinetics, ScatteringBalance, Upscattering
from nudipole.cosmology.gas import gas_table, shape
from nudipole.cosmology.history import History
from nudipole.cosmology.integrate import (
    COLUMNS,
    DONE,
    R_DLN_RHO,
    R_DLN_T_GAMMA,
    R_DLN_T_NU,
    R_DRIFT,
    R_LN_A,
    R_LN_T_GAMMA,
    R_LN_T_NU,
    R_RHO,
    R_RHO_N,
    R_STIFFNESS,
    R_TIME,
    TOO_MANY_STEPS,
    Controls,
    integrate,
)
from nudipole.cosmology.plasma import RHO_NU_OVER_T4, Medium, rho_em_MeV4
from nudipole.cosmology.relic import Relic
from nudipole.cosmology.splines import SplineTable
from nudipole.cosmology.system import System
from nudipole.errors import DomainError

Array = NDArray[np.float64]

INVERSE_PLANCK_PER_MEV = sqrt(8.0 * pi / 3.0) / M_PLANCK_MEV
"""H = INVERSE_PLANCK_PER_MEV sqrt(rho)."""

T_END_MEV = 1e-3
"""Nuclear reactions are over."""
T_RECOMBINATION_S = 1e13
"""An N that lives longer is flagged, not limited (4-cosmology, section 6)."""
T_LAST_S = 5e14
"""Where a solve ends at the latest: the longest-lived N that is limited has then lived 40 lifetimes and more."""
NEGLIGIBLE = 1e-9
"""Part of the density below which N changes nothing any more."""
DRIFT_ALLOWED = 1e-5
MAX_STEPS = 5000
P_OVER_T_MAX = 40.0
"""Largest comoving momentum over the starting temperature."""


TIGHTLY_COUPLED = 10.0
"""Rate of N over H from which the derivatives of the temperatures are taken from their values."""
NO_BINS = np.zeros(0)


class Status(StrEnum):
    """How a point ended."""

    OK = "ok"
    OUTLIVES_RECOMBINATION = "outlives_recombination"
    TOO_MANY_STEPS = "too_many_steps"
    STEP_TOO_SMALL = "step_too_small"
    ENERGY_DRIFT = "energy_drift"
    NOT_FINITE = "not_finite"
    NETWORK_FAILED = "network_failed"
    NEVER_IN_EQUILIBRIUM = "never_in_equilibrium"

    @property
    def solved(self) -> bool:
        """Whether numbers come with it."""
        return self in (Status.OK, Status.OUTLIVES_RECOMBINATION)


@dataclass(frozen=True)
class Accuracy:
    """Tolerance of a step, and the number of momenta of each population.

    rtol 1e-5 moves Y_p by less than 5e-7 against 1e-7; 16 momenta by less than 1e-6 against 48.
    """

    rtol: float = 1e-5
    momenta: int = 20

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if not 1e-10 <= self.rtol <= 1e-2:
            raise DomainError(f"rtol must lie between 1e-10 and 1e-2, got {self.rtol}")
        if not 8 <= self.momenta <= 200:
            raise DomainError(f"momenta must lie between 8 and 200, got {self.momenta}")


DEFAULT_ACCURACY = Accuracy()


@dataclass(frozen=True)
class InitialState:
    """Temperatures (equal) and N at the start.

    Resolved: occupations of the active and sterile helicity on momentum_grid(momenta); otherwise rho_N. dark_radiation:
    energy density of free radiation over that of the neutrinos, carried with them (only where nothing heats them).
    """

    T_start_MeV: float
    f_active: Array
    f_sterile: Array
    rho_N_MeV4: float
    dark_radiation: float = 0.0


@dataclass(frozen=True)
class Background:
    """A solved history and what follows from it; history is None where it failed.

    rho_N_max_fraction: largest rho_N/rho_tot. energy_drift: largest |ln(rho integrated/rho summed)| of the solve.
    """

    status: Status
    history: History | None
    N_eff: float
    tau_N_s: float
    rho_N_max_fraction: float
    energy_drift: float
    steps: int


class MomentumGrid(NamedTuple):
    """Momenta over the starting temperature and the weights of int dp/T."""

    p_over_T: Array
    weight: Array


@lru_cache(maxsize=16)
def momentum_grid(momenta: int) -> MomentumGrid:
    """Return nodes p/T = 40 u^2, Gauss-Legendre in u: dense where an equilibrium distribution varies."""
    x, w = np.polynomial.legendre.leggauss(momenta)
    u = 0.5 * (x + 1.0)
    return MomentumGrid(P_OVER_T_MAX * u**2, w * P_OVER_T_MAX * u)


@dataclass(frozen=True)
class Populations:
    """Groups of states with one distribution: the first scatters, the second (if any) does not."""

    active: int
    sterile: int


def populations(relic: Relic, kinetics: Kinetics) -> Populations:
    """Return how many states scatter: of a Dirac N two of four, unless kinetics.states says all."""
    if relic.states == 4 and kinetics.states == 2:
        return Populations(2, 2)
    return Populations(relic.states, 0)


def build_system(
    relic: Relic, kinetics: Kinetics, medium: Medium, upscattering: SplineTable | None, T_start_MeV: float, momenta: int
) -> System:
    """Return the equations of a solve. Without momenta the one fluid has kinetics.states states (Dirac)."""
    table = upscattering if kinetics.upscattering is Upscattering.COMPUTED else None
    if kinetics.resolved:
        grid, groups = momentum_grid(momenta), populations(relic, kinetics)
        p, dp = grid.p_over_T * T_start_MeV, grid.weight * T_start_MeV
        counts = [n for n in (groups.active, groups.sterile) if n]
        q = np.tile(p, len(counts))
        weight = np.concatenate([n * p**2 * dp / (2.0 * pi**2) for n in counts])
        active = np.repeat([1.0, 0.0][: len(counts)], momenta)
    else:
        q, weight, active = np.zeros(0), np.zeros(0), np.zeros(0)
    return System(
        resolved=kinetics.resolved,
        M=float(relic.M_MeV),
        width=float(relic.width_MeV),
        statistics=float(relic.statistics),
        photon_share=float(relic.photon_share),
        exact=kinetics.decay_balance is DecayBalance.EXACT,
        dilated=bool(kinetics.time_dilation),
        scatter_mean=kinetics.scattering_balance is ScatteringBalance.T_R,
        scatter_photons=bool(relic.scatters_to_photons),
        scatter_scale=float(relic.coupling2_per_MeV2),
        scatter_c=float(kinetics.upscattering_c) if table is None else -1.0,
        scatter_table=medium.temperature if table is None else table,
        momenta=momenta,
        q=q,
        weight=weight,
        active=active,
        rho_unit=float(T_start_MeV**4),
        states=float(min(relic.states, kinetics.states)),
        gas=gas_table(relic.statistics),
        plasma=medium.plasma,
        temperature=medium.temperature,
    )


def start_vector(system: System, medium: Medium, initial: InitialState) -> Array:
    """Return the comoving energies of N's bins and of the heads at the start, where a = 1."""
    T = initial.T_start_MeV
    heads = np.array([rho_em_MeV4(medium, T), RHO_NU_OVER_T4 * T**4 * (1.0 + initial.dark_radiation)])
    if system.resolved:
        f = np.concatenate([initial.f_active, initial.f_sterile])[: len(system.q)]
        energies = system.weight * np.hypot(system.q, system.M) * f
    else:
        energies = np.array([initial.rho_N_MeV4])
    return np.concatenate([energies, heads]) / system.rho_unit


def solve_background(
    relic: Relic,
    kinetics: Kinetics,
    medium: Medium,
    initial: InitialState,
    *,
    upscattering: SplineTable | None = None,
    accuracy: Accuracy = DEFAULT_ACCURACY,
) -> Background:
    """Return the history of the plasma with a new particle in it (4-cosmology, sections 2 to 3b).

    A solve that fails, or that conserves energy to less than DRIFT_ALLOWED, comes back with its reason as status.
    """
    system = build_system(relic, kinetics, medium, upscattering, initial.T_start_MeV, accuracy.momenta)
    controls = Controls(
        inverse_planck=INVERSE_PLANCK_PER_MEV,
        rtol=accuracy.rtol,
        floor=1e-3,
        T_end=T_END_MEV,
        decay_times=40.0,
        negligible=NEGLIGIBLE,
        t_end=(T_RECOMBINATION_S if relic.lifetime_s > T_RECOMBINATION_S else T_LAST_S) / HBAR_MEV_S,
        largest_step=0.3,
    )
    records = np.empty((MAX_STEPS, COLUMNS))
    without = system._replace(resolved=True, width=0.0, q=NO_BINS, weight=NO_BINS, active=NO_BINS)
    ended, count, last = integrate(system, without, controls, start_vector(system, medium, initial), records)
    return _background(relic, system, ended, records[:count], last)


def unsolved(relic: Relic, status: Status) -> Background:
    """Return the background of a point that could not be started, with the reason."""
    return Background(status, None, np.nan, relic.lifetime_s, np.nan, np.nan, 0)


def _status(ended: int, records: Array, *, outlives: bool) -> Status:
    """Return how a solve ended."""
    if ended != DONE:
        return Status.TOO_MANY_STEPS if ended == TOO_MANY_STEPS else Status.STEP_TOO_SMALL
    if not np.isfinite(records).all():
        return Status.NOT_FINITE
    if np.abs(records[:, R_DRIFT]).max() > DRIFT_ALLOWED:
        return Status.ENERGY_DRIFT
    return Status.OUTLIVES_RECOMBINATION if outlives else Status.OK


def _background(relic: Relic, system: System, ended: int, records: Array, last: Array) -> Background:
    # an N with nothing left to decay into the plasma (mu = 0) is no reason to flag a point
    heavy = records[-1, R_RHO_N] > NEGLIGIBLE * records[-1, R_RHO]
    status = _status(ended, records, outlives=heavy and relic.lifetime_s > T_RECOMBINATION_S)
    drift = float(np.abs(records[:, R_DRIFT]).max())
    fraction = float((records[:, R_RHO_N] / records[:, R_RHO]).max())
    if not status.solved:
        return Background(status, None, np.nan, relic.lifetime_s, np.nan, drift, len(records))
    N_eff = _N_eff(system, records[-1], last)
    return Background(status, _history(records), N_eff, relic.lifetime_s, fraction, drift, len(records))


def _N_eff(system: System, record: Array, last: Array) -> float:
    """Return (8/7) (11/4)^{4/3} (rho_nu + 3 P_N)/rho_gamma: of N only what is still relativistic counts."""
    T_gamma, T_nu = exp(record[R_LN_T_GAMMA]), exp(record[R_LN_T_NU])
    rho_photon = pi**2 / 15.0 * T_gamma**4
    relativistic = RHO_NU_OVER_T4 * T_nu**4
    a = exp(record[R_LN_A])
    if system.resolved:
        p2 = (system.q / a) ** 2
        relativistic += float((last[: len(system.q)] * p2 / (p2 + system.M**2)).sum()) * system.rho_unit / a**4
    else:
        exponent = shape.py_func(system.gas, system.M, 0.5 * (T_gamma + T_nu))[1]
        relativistic += (exponent - 3.0) * record[R_RHO_N]
    return float(8.0 / 7.0 * (11.0 / 4.0) ** (4.0 / 3.0) * relativistic / rho_photon)


def _slopes(records: Array, value: int, slope: int) -> Array:
    """Return the derivative of a temperature by ln a: that of the equations, or of a spline where N is tightly coupled.

    There the equations give the small difference of fast gains and losses, which amplifies the error of the state by
    rate/H, while the steps are short and the state is smooth.
    """
    coupled = records[:, R_STIFFNESS] > TIGHTLY_COUPLED
    if not coupled.any():
        return records[:, slope].copy()
    smooth = CubicSpline(records[:, R_LN_A], records[:, value])(records[:, R_LN_A], 1)
    return np.where(coupled, smooth, records[:, slope])


def _history(records: Array) -> History:
    """Return the records with a = T_CMB/T_gamma at the end."""
    today = records[-1, R_LN_A] + records[-1, R_LN_T_GAMMA] - log(T_CMB_MEV)
    H = INVERSE_PLANCK_PER_MEV * np.sqrt(records[:, R_RHO]) / HBAR_MEV_S
    return History(
        ln_a=records[:, R_LN_A] - today,
        t_s=records[:, R_TIME] * HBAR_MEV_S,
        ln_T_gamma_MeV=records[:, R_LN_T_GAMMA].copy(),
        dln_T_gamma=_slopes(records, R_LN_T_GAMMA, R_DLN_T_GAMMA),
        ln_T_nu_MeV=records[:, R_LN_T_NU].copy(),
        dln_T_nu=_slopes(records, R_LN_T_NU, R_DLN_T_NU),
        ln_H_per_s=np.log(H),
        dln_H=0.5 * records[:, R_DLN_RHO],
        rho_MeV4=records[:, R_RHO].copy(),
        rho_N_MeV4=records[:, R_RHO_N].copy(),
    )
