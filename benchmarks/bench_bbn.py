"""One point of the early universe: our solvers beside scipy's on the same equations, and beside primat and LINX."""

import tempfile
from collections.abc import Callable
from functools import partial
from math import exp, log, pi
from pathlib import Path
from typing import NamedTuple

import numpy as np
from benchmarks.bbn_peers import (
    NETWORK,
    OMEGA_B_H2,
    TAU_N_S,
    Yields,
    early_universe,
    linx_input,
    primat_input,
    run_linx,
    run_primat,
)
from benchmarks.record import Effort, Record, compare
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from nudipole.constraints.cosmology_universe import Universe, scattering_table
from nudipole.cosmology import network_kernels
from nudipole.cosmology.background import (
    INVERSE_PLANCK_PER_MEV,
    Background,
    InitialState,
    build_system,
    momentum_grid,
    solve_background,
    start_vector,
)
from nudipole.cosmology.decoupling import fermi_dirac
from nudipole.cosmology.history import History
from nudipole.cosmology.integrate import derivative
from nudipole.cosmology.network import (
    FLOOR,
    AbundanceSteps,
    abundance_steps,
    background,
    baryon_density_mol_per_cm3,
    primordial_abundances,
)
from nudipole.cosmology.nuclear import BERYLLIUM7, DEUTERON, HELIUM3, HELIUM4, LITHIUM7, PROTON, TRITON
from nudipole.cosmology.relic import Relic, dipole_N
from nudipole.cosmology.splines import SplineTable
from nudipole.cosmology.system import HEADS, LN_A, LN_RHO, LN_TIME, U_EM, U_NU

Array = NDArray[np.float64]
M_N_MEV, MU_NU_MUB = 3.0, 1e-11
POINT = "M_N = 3 MeV, mu_nu = 1e-11 mu_B, thermal start at 100 MeV"
BARYONS = {"Omega_b_h2": OMEGA_B_H2, "tau_n_s": TAU_N_S}
REACTIONS = 12


class Case(NamedTuple):
    """One form of the equations at the point, ready to be solved: what is the same for all moments is made."""

    name: str
    early: Universe
    relic: Relic
    table: SplineTable
    state: InitialState

    def solve(self) -> Background:
        """Solve the history."""
        early = self.early
        return solve_background(
            self.relic, early.kinetics, early.medium, self.state, upscattering=self.table, accuracy=early.accuracy
        )

    def yields(self) -> Yields:
        """Solve history, n <-> p rates and network."""
        found = self.solve()
        rates, weak = self.early.nucleosynthesis.networks[NETWORK], self.early.nucleosynthesis.weak
        assert found.history is not None
        a = primordial_abundances(found.history, rates, weak, **BARYONS)
        return Yields(a.Y_p, a.D_H, a.He3_H, a.Li7_H)


def case(equations: str) -> Case:
    """The point in one form of the equations."""
    early = early_universe(f"cosmology.equations={equations}", "cosmology.initial=thermal")
    relic, T = dipole_N(M_N_MEV, MU_NU_MUB, early.kinetics.nature), early.T_start_MeV
    grid = momentum_grid(early.accuracy.momenta)
    p = grid.p_over_T * T
    f = fermi_dirac(p, M_N_MEV, T)
    states = min(relic.states, early.kinetics.states)
    rho = states / (2.0 * pi**2) * float((p**2 * np.hypot(p, M_N_MEV) * f * grid.weight * T).sum())
    return Case(equations, early, relic, scattering_table(M_N_MEV).splines, InitialState(T, f, f, rho))


def largest_difference(ours: Yields, theirs: Yields) -> float:
    """Largest relative difference in Y_p and D/H."""
    return max(abs(ours.Y_p / theirs.Y_p - 1.0), abs(ours.D_H / theirs.D_H - 1.0))


def scipy_background(c: Case, method: str, ln_a_span: float) -> float:
    """T_nu/T_gamma at the end by scipy on the same right-hand side, at a tolerance of 1e-6 and without a Jacobian."""
    early, T = c.early, c.state.T_start_MeV
    system = build_system(c.relic, early.kinetics, early.medium, c.table, T, early.accuracy.momenta)
    contents = start_vector(system, early.medium, c.state)
    bins = len(contents) - (U_NU + 1)
    y = np.zeros(bins + HEADS)
    y[: bins + U_NU + 1] = contents
    rho = contents.sum() * system.rho_unit
    y[bins + LN_A], y[bins + LN_RHO] = 0.0, log(rho)
    y[bins + LN_TIME] = log(0.5 / (INVERSE_PLANCK_PER_MEV * rho**0.5))
    rates = np.empty_like(y)

    def right(_: float, y: Array) -> Array:
        derivative(system, INVERSE_PLANCK_PER_MEV, y, rates)
        return rates.copy()

    end = solve_ivp(right, (0.0, ln_a_span), y, method=method, rtol=1e-6, atol=1e-9).y[:, -1]
    return float(end[bins + U_NU] / end[bins + U_EM])


def scipy_network(c: Case, steps: AbundanceSteps, table: SplineTable) -> Yields:
    """The 12 reactions by scipy's Radau with our right-hand side and Jacobian, from where the nuclei begin."""
    n = c.early.nucleosynthesis
    network = n.networks[NETWORK].network
    baryons = log(baryon_density_mol_per_cm3(OMEGA_B_H2))
    problem = network_kernels.Problem(table, network, baryons, 1e-5, 1e-5 * FLOOR)
    R, J = np.zeros((4, REACTIONS + 1)), np.zeros((8, 8))

    def slope(x: float, Y: Array) -> Array:
        out = np.empty(8)
        network_kernels.fill_rates(problem, x, REACTIONS, R)
        network_kernels.fluxes(problem.network, R[0], R[1], REACTIONS, Y, out)
        return out

    def jacobian(x: float, Y: Array) -> Array:
        network_kernels.fill_rates(problem, x, REACTIONS, R)
        network_kernels.jacobian(problem.network, R, REACTIONS, Y, J)
        return J.copy()

    first = int(np.flatnonzero(steps.Y[:, DEUTERON])[0])
    span = (steps.ln_a[first], steps.ln_a[-1])
    Y = solve_ivp(slope, span, steps.Y[first], method="Radau", jac=jacobian, rtol=1e-5, atol=1e-5 * FLOOR).y[:, -1]
    hydrogen = Y[PROTON]
    light = (Y[HELIUM3] + Y[TRITON]) / hydrogen, (Y[LITHIUM7] + Y[BERYLLIUM7]) / hydrogen
    return Yields(4.0 * Y[HELIUM4], Y[DEUTERON] / hydrogen, *light)


def against_scipy(c: Case, effort: Effort) -> list[Record]:
    """The background on the same equations."""
    history = c.solve().history
    assert history is not None
    span = float(history.ln_a[-1] - history.ln_a[0])
    rho_nu = exp(4.0 * (history.ln_T_nu_MeV[-1] - history.ln_T_gamma_MeV[-1])) * 7.0 / 8.0 * 3.0
    records = []
    for method in ("LSODA",) if effort.is_quick else ("LSODA", "Radau"):
        alternative = f"scipy {method} on the same compiled right-hand side"
        error = abs(scipy_background(c, method, span) / rho_nu - 1.0)
        theirs = partial(scipy_background, c, method, span)
        case_words = f"{c.name}, {POINT}"
        records.append(
            compare("thermal history", case_words, c.solve, alternative, theirs, error, effort, is_slow=True)
        )
    return records


def network_against_scipy(c: Case, effort: Effort) -> Record:
    """The nuclear network and n <-> p alone; scipy is given the tables that we make on the way."""
    n = c.early.nucleosynthesis
    history = c.solve().history
    assert history is not None
    rates = n.networks[NETWORK]
    steps = abundance_steps(history, rates, n.weak, **BARYONS)
    table = background(history, n.weak, TAU_N_S)
    ours = primordial_abundances(history, rates, n.weak, **BARYONS)
    return compare(
        "nuclear network",
        POINT,
        lambda: primordial_abundances(history, rates, n.weak, **BARYONS),
        "scipy Radau on the same right-hand side and Jacobian",
        lambda: scipy_network(c, steps, table),
        largest_difference(Yields(ours.Y_p, ours.D_H, ours.He3_H, ours.Li7_H), scipy_network(c, steps, table)),
        effort,
        is_slow=True,
    )


def against_codes(c: Case, folder: Path, effort: Effort) -> list[Record]:
    """Our whole point beside what each code needs from our history on, where it is installed."""
    found, ours = c.solve(), c.yields()
    history = found.history
    assert history is not None
    codes: dict[str, Callable[[], Callable[[], Yields]]] = {
        "primat, C backend, from our history": lambda: primat_run(c, history, folder),
        "LINX after compilation, from our history": lambda: linx_run(history),
    }
    records = []
    for name, prepare in codes.items():
        run = prepare()
        try:
            theirs = run()
        except ModuleNotFoundError as error:
            print(f"skipped: {name}: {error.name} is not installed here (make benchmark-peers)", flush=True)
            continue
        words, error = f"history, n <-> p and network, {c.name}, {POINT}", largest_difference(ours, theirs)
        records.append(compare("one BBN point", words, c.yields, name, run, error, effort, is_slow=True))
    return records


def primat_run(c: Case, history: History, folder: Path) -> Callable[[], Yields]:
    """primat with its input made beforehand."""
    parameters, extra_rho = primat_input(history, c.early.medium, folder)
    return lambda: run_primat(parameters, extra_rho)


def linx_run(history: History) -> Callable[[], Yields]:
    """LINX with its input made beforehand."""
    inputs = linx_input(history)
    return lambda: run_linx(inputs)


def run(effort: Effort) -> list[Record]:
    """Compare the two forms of the equations that scans use."""
    records = []
    with tempfile.TemporaryDirectory() as folder:
        for equations in ("integrated",) if effort.is_quick else ("integrated", "momentum"):
            point = case(equations)
            records += against_scipy(point, effort)
            records += [] if effort.is_quick else against_codes(point, Path(folder), effort)
    return [*records, network_against_scipy(point, effort)]
