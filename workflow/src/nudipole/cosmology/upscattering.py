"""Rate of N_R + X -> nu + X in the plasma, G_eN = c(T, p/T; M) mu^2 T^3, summed over all charged X.

m_D^2 = e^2 sum_X Q^2 g int d^3k/(2 pi)^3 (-df/dE) (e^2 T^2/3 for massless e+-) of the same plasma screens the photon.
Quarks are the targets above the QCD crossover, hadrons below it, with a logistic weight in T (`particles.quark_share`):
the lattice charge susceptibility follows a hadron gas up to about 155 MeV and is near that of quarks above 200 MeV.
Above the electroweak scale the photon dipole is not the right operator any more, and W bosons are not in the sum.
"""

from dataclasses import dataclass
from math import exp, isfinite, log, pi

import numpy as np
from numba import njit
from numpy.typing import ArrayLike
from scipy.interpolate import CubicSpline

from nudipole.compilation import BORROWS
from nudipole.constants import ALPHA
from nudipole.cosmology.particles import LEPTONS, QUARKS, TARGETS, Particle, quark_share
from nudipole.cosmology.splines import Array, SplineTable, column, locate, spline_table
from nudipole.cosmology.thermal import Statistics, reduced_integrals
from nudipole.cosmology.upscattering_kernels import rate_grid
from nudipole.errors import DomainError
from nudipole.quadrature import unit_rule

P_MIN, P_MAX, MOMENTA = 1e-2, 60.0, 22
"""Momenta at which c is integrated, in units of T and uniform in ln(p/T); outside, c keeps its value at the end."""
FINE = 5
"""Columns of the table per integrated momentum: a lookup is linear in ln(p/T), which costs half of a cubic one."""
COLUMNS = FINE * (MOMENTA - 1) + 1
LN_P_MIN = log(P_MIN)
PER_LN_P = (COLUMNS - 1) / (log(P_MAX) - LN_P_MIN)
T_STEP = 0.125
"""Largest step of the table in ln T."""
QUADRATURE = 28
T_MIN_MEV, T_MAX_MEV = 1e-3, 160.0
"""Default range of the table: the solver's. m_e/T = 511 at the bottom, where nothing scatters any more."""
T_MASSLESS_MEV = 1e7
"""Top of the bath: here every target is massless to 1e-3, so that c stays constant above."""

NUMBER, ENERGY, MOMENTUM = range(3)
"""Columns of the table against ln T: ln c averaged with n_N and with rho_N, then ln c at each momentum."""


@dataclass(frozen=True, eq=False)
class UpscatteringTable:
    """ln c as splines in ln T (columns NUMBER, ENERGY, MOMENTUM + i) for one mass; `splines` is what kernels take."""

    M_N_MeV: float
    splines: SplineTable
    ln_T: Array
    ln_p_over_T: Array
    ln_c: Array
    """Nodes: shape (temperatures, momenta)."""


def susceptibility(x: ArrayLike, statistics: Statistics) -> Array:
    """Return int q^2 (-df/dE) dq = int (E + q^2/E) f dq in units of T^2: pi^2/6 (fermions), pi^2/3 (bosons) at x = 0.

    q = w sqrt(w^2 + 2 x), E = x + w^2, dq = 2 E dw/sqrt(w^2 + 2 x).
    """
    mass = np.asarray(x, dtype=np.float64)[..., None]
    node, weight = unit_rule(64)
    w = 6.5 * node
    E = mass + w**2
    root2 = w**2 + 2.0 * mass
    boltzmann = np.exp(-E)
    f = boltzmann / (1.0 + int(statistics) * boltzmann)
    q2 = w**2 * root2
    result: Array = (6.5 * weight * 2.0 / np.sqrt(root2) * (E**2 + q2) * f).sum(-1)
    return result


def target_shares(T_MeV: Array, targets: tuple[Particle, ...]) -> Array:
    """Return Q^2 N_c g of each target with its QCD weight, shape (temperatures, targets)."""
    quarks = np.array([quark_share(T) for T in T_MeV])
    columns = []
    for target in targets:
        share = np.ones_like(quarks) if target in LEPTONS else quarks if target in QUARKS else 1.0 - quarks
        columns.append(target.charge_weight * share)
    return np.ascontiguousarray(np.stack(columns, axis=1))


def debye_mass2_over_T2(T_MeV: ArrayLike, targets: tuple[Particle, ...] = TARGETS) -> Array:
    """Return m_D^2/T^2 = (e^2/(2 pi^2)) sum_X Q^2 N_c g int q^2 (-df/dE) dq."""
    T = np.atleast_1d(np.asarray(T_MeV, dtype=np.float64))
    shares = target_shares(T, targets)
    response = np.stack([susceptibility(t.mass_MeV / T, t.statistics) for t in targets], axis=1)
    result: Array = 4.0 * pi * ALPHA / (2.0 * pi**2) * (shares * response).sum(axis=1)
    return result


def upscattering_c_direct(
    p_over_T: ArrayLike,
    T_MeV: ArrayLike,
    M_N_MeV: float,
    *,
    targets: tuple[Particle, ...] = TARGETS,
    screening: tuple[Particle, ...] | None = None,
    squared_screening: bool = False,
    nodes: int = 64,
) -> Array:
    """Return c = G_eN/(mu^2 T^3) of one active N by quadrature, shape (temperatures, momenta).

    Equations: upscattering_kernels. screening: the species in m_D, by default the targets.
    squared_screening: 1/(|t| + m_D^2)^2 instead of 1/(|t| (|t| + m_D^2)).
    """
    T, p = (np.atleast_1d(np.array(v, dtype=np.float64)) for v in (T_MeV, p_over_T))
    if not (isfinite(M_N_MeV) and M_N_MeV >= 0.0):
        raise DomainError(f"M_N_MeV must be finite and not negative, got {M_N_MeV}")
    if not ((T > 0.0).all() and (p > 0.0).all()):
        raise DomainError("temperatures and momenta must be positive")
    masses = np.array([t.mass_MeV for t in targets])
    eta = np.array([float(t.statistics) for t in targets])
    shares = target_shares(T, targets)
    D = debye_mass2_over_T2(T, targets if screening is None else screening)
    c: Array = rate_grid(p, M_N_MeV / T, masses / T[:, None], eta, shares, D, squared_screening, *unit_rule(nodes))
    return c


def thermal_means(p_over_T: Array, c: Array, M_over_T: Array) -> tuple[Array, Array]:
    """Return c averaged over a Fermi-Dirac N with n (weight p^2 f dp) and with rho (p^2 E f dp); p uniform in ln p.

    The trapezoidal rule in ln p converges exponentially: both ends of the integrand vanish. e^{M/T} drops out.
    """
    M = M_over_T[:, None]
    E = np.hypot(p_over_T, M)
    number = p_over_T**3 / (np.exp(p_over_T**2 / (E + M)) + np.exp(-M))
    energy = number * E
    return (c * number).sum(1) / number.sum(1), (c * energy).sum(1) / energy.sum(1)


def upscattering_table(
    M_N_MeV: float,
    *,
    T_min_MeV: float = T_MIN_MEV,
    T_max_MeV: float = T_MAX_MEV,
    targets: tuple[Particle, ...] = TARGETS,
    screening: tuple[Particle, ...] | None = None,
    squared_screening: bool = False,
) -> UpscatteringTable:
    """Return c(T, p/T) of one mass between two temperatures, within 1e-3 for p > 0.03 T."""
    if not 1e-3 <= T_min_MeV < T_max_MeV <= 1e12:
        raise DomainError(f"the table needs 1e-3 <= T_min < T_max <= 1e12 MeV, got {T_min_MeV} and {T_max_MeV}")
    steps = max(4, round((log(T_max_MeV) - log(T_min_MeV)) / T_STEP))
    ln_T = np.linspace(log(T_min_MeV), log(T_max_MeV), steps + 1)
    ln_p = LN_P_MIN + np.arange(MOMENTA) * (FINE / PER_LN_P)
    T, p = np.exp(ln_T), np.exp(ln_p)
    c = upscattering_c_direct(
        p, T, M_N_MeV, targets=targets, screening=screening, squared_screening=squared_screening, nodes=QUADRATURE
    )
    number, energy = thermal_means(p, c, M_N_MeV / T)
    fine = CubicSpline(ln_p, np.log(c), axis=1)(LN_P_MIN + np.arange(COLUMNS) / PER_LN_P)
    columns = np.concatenate([np.log(number)[None], np.log(energy)[None], fine.T])
    splines = spline_table(ln_T[0], ln_T[-1], columns)
    return UpscatteringTable(float(M_N_MeV), splines, ln_T, np.asarray(ln_p, dtype=np.float64), np.log(c))


@njit(**BORROWS)
def upscattering_c(ln_T: float, p_over_T: float, table: SplineTable) -> float:
    """Return c(T, p/T) of `UpscatteringTable.splines`: splines in ln T, linear in ln(p/T)."""
    index, offset = locate(table, ln_T)
    position = (log(p_over_T) - LN_P_MIN) * PER_LN_P if p_over_T > P_MIN else 0.0
    lower = min(int(position), COLUMNS - 2)
    share = min(position - lower, 1.0)
    below = column(table, index, offset, MOMENTUM + lower)
    return exp(below + share * (column(table, index, offset, MOMENTUM + lower + 1) - below))


@njit(**BORROWS)
def upscattering_c_mean(ln_T: float, table: SplineTable, which: int = ENERGY) -> float:
    """Return c(T) averaged over a thermal N, with its energy (ENERGY) or number (NUMBER)."""
    index, offset = locate(table, ln_T)
    return exp(column(table, index, offset, which))


def constant_c(c: float, T_MeV: ArrayLike, *, mass_MeV: float = LEPTONS[0].mass_MeV) -> Array:
    """Return c n_e(T)/n_e(m = 0), the simple rate: G_eN = c mu^2 T^3 on e+- alone, the same at every momentum."""
    x = mass_MeV / np.asarray(T_MeV, dtype=np.float64)
    massless = reduced_integrals(0.0, Statistics.FERMI).n
    return c * np.exp(-x) * reduced_integrals(x, Statistics.FERMI).n / massless
