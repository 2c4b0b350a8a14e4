"""Primordial abundances from a thermal history: the nuclear network between 10 MeV and 1 keV.

Only n <-> p above 0.9 MeV, where the nuclei are in statistical equilibrium at 1e-12 and less, all 12 reactions below.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from math import log

import numpy as np
from numpy.typing import NDArray

from nudipole.constants import ATOMIC_MASS_UNIT_G, CRITICAL_DENSITY_G_PER_CM3, HELIUM4_U, HYDROGEN_U, N_AVOGADRO_PER_MOL
from nudipole.cosmology.history import History
from nudipole.cosmology.network_kernels import (
    MAX_STEPS,
    OK,
    STEP_UNDERFLOW,
    TOO_MANY_STEPS,
    Problem,
    equilibrium,
    fill_rates,
    integrate,
)
from nudipole.cosmology.nuclear import (
    BERYLLIUM7,
    DEUTERON,
    HELIUM3,
    HELIUM4,
    LITHIUM7,
    NEUTRON,
    PROTON,
    SPECIES,
    TRITON,
    NuclearRates,
)
from nudipole.cosmology.splines import SplineTable, spline_table
from nudipole.cosmology.weak_rates import WeakRates, conversion_rates
from nudipole.errors import DomainError

Array = NDArray[np.float64]

START_MEV, LOWEST_START_MEV = 10.0, 3.0
"""n/p starts in equilibrium at 10 MeV, or where the history starts; 5 or 15 MeV move Y_p by less than 1e-9."""
NUCLEAR_START_MEV = 0.9
"""0.7 to 3 MeV move Y_p by less than 1e-9 and the others by 2e-8 relatively."""
END_MEV = 1e-3
"""T9 = 0.0116; ending at 2 keV moves D/H by 4e-6 relatively, at 5 keV by 3.5e-4, at 0.7 keV by 6e-8."""
GRID_STEP = 0.03
"""Largest spacing in ln a of the background's spline; half of it moves Y_p by 6e-10 and D/H by 1.5e-8."""
LARGEST_LOG = 200.0
"""Temperatures and expansion rates beyond e^{+-200} are a broken history."""
P_TO_N_FLOOR = 1e-60
"""Keeps the logarithm of p -> n finite; such a rate changes nothing."""

BARYON_U = 1.0 / (0.7529 / HYDROGEN_U + 0.2471 * 4.0 / HELIUM4_U)
"""Mass of matter per nucleon in atomic mass units: neutral hydrogen and helium with 24.71 % of the nucleons in He4."""

FLOOR: Array = np.array([1e-5, 1.0, 1e-5, 1e-6, 1e-6, 1e-3, 1e-10, 1e-10])
"""Abundances below this are integrated with the absolute error rtol FLOOR (order of SPECIES)."""


class Status(IntEnum):
    """How the integration ended."""

    OK = OK
    TOO_MANY_STEPS = TOO_MANY_STEPS
    STEP_UNDERFLOW = STEP_UNDERFLOW

    @property
    def reason(self) -> str:
        """Return a sentence for the user."""
        return {
            Status.OK: "the network reached the end",
            Status.TOO_MANY_STEPS: f"the network stopped after {MAX_STEPS} steps; raise rtol",
            Status.STEP_UNDERFLOW: "the network's step became too small; the history is not smooth or not finite",
        }[self]


@dataclass(frozen=True)
class Abundances:
    """Y_p = 4 Y(He4) (a fraction of nucleons) and numbers over hydrogen: 3He with t, 7Li with 7Be.

    Unless status is OK, the numbers are those of the moment the integration stopped, never NaN: do not use them.
    """

    Y_p: float
    D_H: float
    He3_H: float
    Li7_H: float
    status: Status


@dataclass(frozen=True)
class AbundanceSteps:
    """Abundances Y_i = n_i/n_b, shape (n, 8), in the order of SPECIES, on the accepted steps."""

    ln_a: Array
    T_gamma_MeV: Array
    Y: Array
    status: Status


def baryon_density_mol_per_cm3(Omega_b_h2: float) -> float:
    """Return n_b0/N_A today, Omega_b h^2 (3 H_100^2/(8 pi G))/(m N_A), with the mass m per nucleon BARYON_U.

    With T_0 = 2.7255 K, Omega_b h^2 = 0.02242 is eta = 6.1375e-10, the convention of LINX (arXiv:2408.14538).
    """
    if not (np.isfinite(Omega_b_h2) and 0.0 < Omega_b_h2 < 1.0):
        raise DomainError(f"Omega_b_h2 = {Omega_b_h2} must lie between 0 and 1")
    return Omega_b_h2 * CRITICAL_DENSITY_G_PER_CM3 / (BARYON_U * ATOMIC_MASS_UNIT_G * N_AVOGADRO_PER_MOL)


def _crossing(history: History, T_MeV: float) -> float:
    """Return ln a where T_gamma falls through T_MeV for the last time (linear in ln T: only an end of the grid)."""
    ln_T = history.ln_T_gamma_MeV - log(T_MeV)
    i = int(np.flatnonzero(ln_T >= 0.0)[-1])
    if i == ln_T.size - 1:
        return float(history.ln_a[i])
    share = ln_T[i] / (ln_T[i] - ln_T[i + 1])
    return float(history.ln_a[i] + share * (history.ln_a[i + 1] - history.ln_a[i]))


def _check_history(history: History) -> None:
    T = history.T_gamma_MeV
    values = [history.ln_a, T, history.ln_T_nu_MeV, history.ln_H_per_s]
    columns = np.array([*values, history.dln_T_gamma, history.dln_T_nu, history.dln_H])
    if T.size < 2 or not np.isfinite(columns).all() or not (np.diff(history.ln_a) > 0.0).all():
        raise DomainError("the history must have increasing ln_a and finite values on two nodes or more")
    if T[0] < LOWEST_START_MEV or T[-1] > 1.001 * END_MEV:
        raise DomainError(
            f"the history covers T_gamma = {T[0]:.4g} ... {T[-1]:.4g} MeV; nucleosynthesis needs a start at "
            f"{LOWEST_START_MEV:g} MeV or above (n/p in equilibrium) and an end at {END_MEV:g} MeV"
        )


def _hermite(history: History, x: Array) -> Array:
    """Return ln T_gamma, ln T_nu and ln H at x, shape (3, n): cubic Hermite with the history's exact derivatives."""
    nodes = history.ln_a
    i = np.clip(np.searchsorted(nodes, x, side="right") - 1, 0, nodes.size - 2)
    width = nodes[i + 1] - nodes[i]
    t = (x - nodes[i]) / width
    u = 1.0 - t
    values = np.array([history.ln_T_gamma_MeV, history.ln_T_nu_MeV, history.ln_H_per_s])
    slopes = np.array([history.dln_T_gamma, history.dln_T_nu, history.dln_H])
    result: Array = (
        u * u * (1.0 + 2.0 * t) * values[:, i]
        + t * t * (1.0 + 2.0 * u) * values[:, i + 1]
        + width * t * u * (u * slopes[:, i] - t * slopes[:, i + 1])
    )
    return result


def background(history: History, weak: WeakRates, tau_n_s: float, *, grid_step: float = GRID_STEP) -> SplineTable:
    """Return ln T_gamma, ln H and ln of the n <-> p rates [s^-1] as splines in ln a on a uniform grid.

    Splines rather than the piecewise Hermite polynomials, whose second derivatives jump: the steps of an integrator
    of fourth order would shrink at every node.
    """
    _check_history(history)
    if not (np.isfinite(tau_n_s) and tau_n_s > 0.0):
        raise DomainError(f"tau_n_s = {tau_n_s} must be positive and finite")
    start = _crossing(history, min(START_MEV, float(history.T_gamma_MeV[0])))
    stop = _crossing(history, max(END_MEV, float(history.T_gamma_MeV[-1])))
    x = np.linspace(start, stop, int((stop - start) / grid_step) + 2)
    ln_T, ln_T_nu, ln_H = _hermite(history, x)
    if not (np.abs([ln_T, ln_T_nu, ln_H]) < LARGEST_LOG).all():
        raise DomainError("the history's derivatives by ln_a do not fit its values: too steep between two nodes")
    conversion = np.maximum(conversion_rates(weak, np.exp(ln_T), np.exp(ln_T_nu)), P_TO_N_FLOOR) / tau_n_s
    return spline_table(start, stop, np.array([ln_T, ln_H, *np.log(conversion)]))


def _solve(
    history: History,
    nuclear: NuclearRates,
    table: SplineTable,
    trajectory: Array,
    *,
    Omega_b_h2: float,
    rtol: float,
) -> tuple[Array, Status, int]:
    """Return the final abundances, the status and the rows of trajectory used; table is background(history, ...)."""
    if not 1e-12 <= rtol <= 1e-2:
        raise DomainError(f"rtol = {rtol} must lie between 1e-12 and 0.01")
    problem = Problem(table, nuclear.network, log(baryon_density_mol_per_cm3(Omega_b_h2)), rtol, rtol * FLOOR)
    reactions = len(nuclear.reactions)
    x = table.start
    R = np.zeros((4, reactions + 1))
    fill_rates(problem, x, 0, R)
    Y = np.zeros(len(SPECIES))
    # n/p in equilibrium: l_np Y_n = l_pn Y_p
    Y[NEUTRON] = R[1, reactions] / (R[0, reactions] + R[1, reactions])
    Y[PROTON] = 1.0 - Y[NEUTRON]
    status, row, x = integrate(problem, x, _crossing(history, NUCLEAR_START_MEV), 0, Y, trajectory, 0)
    if status == OK:
        fill_rates(problem, x, reactions, R)
        equilibrium(nuclear.network, R, Y)
        stop = table.start + table.step * table.coefficients.shape[0]
        status, row, x = integrate(problem, x, stop, reactions, Y, trajectory, row)
    return Y, Status(status), row


def primordial_abundances(
    history: History,
    nuclear: NuclearRates,
    weak: WeakRates,
    *,
    Omega_b_h2: float,
    tau_n_s: float,
    rtol: float = 1e-5,
) -> Abundances:
    """Return the abundances at T_gamma = 1 keV, with t counted as 3He and 7Be as 7Li.

    A failed integration is told by status; arguments outside their domain are DomainErrors. Ask
    weak.left_table(history) whether the n <-> p rates had to be extrapolated in T_nu/T_gamma.
    """
    options = {"Omega_b_h2": Omega_b_h2, "tau_n_s": tau_n_s, "rtol": rtol}
    return abundances_by_network(history, {"only": nuclear}, weak, **options)["only"]


def abundances_by_network(
    history: History,
    networks: Mapping[str, NuclearRates],
    weak: WeakRates,
    *,
    Omega_b_h2: float,
    tau_n_s: float,
    rtol: float = 1e-5,
) -> dict[str, Abundances]:
    """Return the primordial abundances with several sets of nuclear rates; the n <-> p rates are made once."""
    table = background(history, weak, tau_n_s)
    found = {}
    for name, nuclear in networks.items():
        Y, status, _ = _solve(history, nuclear, table, np.empty((0, 9)), Omega_b_h2=Omega_b_h2, rtol=rtol)
        found[name] = _abundances(Y, status)
    return found


def _abundances(Y: Array, status: Status) -> Abundances:
    # burnt species end at zero within the tolerance, on either side of it
    Y = np.maximum(Y, 0.0)
    hydrogen = float(Y[PROTON])
    return Abundances(
        Y_p=4.0 * float(Y[HELIUM4]),
        D_H=float(Y[DEUTERON]) / hydrogen,
        He3_H=float(Y[HELIUM3] + Y[TRITON]) / hydrogen,
        Li7_H=float(Y[LITHIUM7] + Y[BERYLLIUM7]) / hydrogen,
        status=status,
    )


def abundance_steps(
    history: History,
    nuclear: NuclearRates,
    weak: WeakRates,
    *,
    Omega_b_h2: float,
    tau_n_s: float,
    rtol: float = 1e-5,
) -> AbundanceSteps:
    """Return all abundances on the accepted steps, for a figure; before 0.9 MeV the nuclei are zero."""
    trajectory = np.empty((MAX_STEPS, 1 + len(SPECIES)))
    table = background(history, weak, tau_n_s)
    _, status, rows = _solve(history, nuclear, table, trajectory, Omega_b_h2=Omega_b_h2, rtol=rtol)
    x = trajectory[:rows, 0].copy()
    return AbundanceSteps(x, np.exp(_hermite(history, x)[0]), trajectory[:rows, 1:].copy(), status)
