"""The early universe of one configuration and one initial state: every table made once, then points."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import pi

import numpy as np
from numpy.typing import NDArray

from nudipole.constraints.base import TableSource
from nudipole.constraints.cosmology_inputs import CosmologyConfig
from nudipole.cosmology.assumptions import Initial, Kinetics, Upscattering
from nudipole.cosmology.background import (
    Accuracy,
    Background,
    InitialState,
    Status,
    momentum_grid,
    solve_background,
    unsolved,
)
from nudipole.cosmology.decoupling import (
    NeverInEquilibrium,
    Occupation,
    Rate,
    decoupling_temperature_MeV,
    fermi_dirac,
    freeze_in,
    gradual,
    instantaneous,
)
from nudipole.cosmology.degrees_of_freedom import Bath, bath, degrees_of_freedom, ideal_gases
from nudipole.cosmology.history import History
from nudipole.cosmology.network import AbundanceSteps, abundance_steps
from nudipole.cosmology.nuclear import nuclear_rates
from nudipole.cosmology.particles import ELECTRON
from nudipole.cosmology.plasma import Medium, corrections_from_frame, medium, temperatures_MeV
from nudipole.cosmology.point import Nucleosynthesis, Point, evaluate_point
from nudipole.cosmology.relic import Relic, dipole_N
from nudipole.cosmology.scenario import Decoupling, Scenario
from nudipole.cosmology.upscattering import T_MASSLESS_MEV, T_MIN_MEV, UpscatteringTable, upscattering_table
from nudipole.cosmology.weak_rates import weak_rates
from nudipole.errors import ConvergenceError

Array = NDArray[np.float64]

NETWORKS = ("primat2023", "recommended")


@lru_cache(maxsize=4)
def scattering_table(M_N_MeV: float) -> UpscatteringTable:
    """Return the computed rate of one mass from the solver's temperatures to where every target is massless."""
    return upscattering_table(M_N_MeV, T_min_MeV=T_MIN_MEV, T_max_MeV=T_MASSLESS_MEV)


@dataclass(frozen=True)
class Universe:
    """Tables, choices and initial state. Points at one mass share its table of scattering rates."""

    kinetics: Kinetics
    scenario: Scenario
    decoupling: Decoupling
    T_start_MeV: float
    medium: Medium
    surroundings: Bath
    nucleosynthesis: Nucleosynthesis
    accuracy: Accuracy

    def point(self, M_N_MeV: float, mu_nu_muB: float) -> Point:
        """Return the solved point."""
        return evaluate_point(self.background(M_N_MeV, mu_nu_muB), M_N_MeV, self.nucleosynthesis)

    def points(self, M_N_MeV: float, mu_nu_muB: Array) -> list[Point]:
        """Return the points of one mass."""
        return [self.point(M_N_MeV, float(mu)) for mu in mu_nu_muB]

    def standard(self) -> Point:
        """Return the point without N."""
        return evaluate_point(self._standard_background(), 1.0, self.nucleosynthesis)

    def history(self, M_N_MeV: float, mu_nu_muB: float) -> History:
        """Return the history of a point; ConvergenceError with the reason if it could not be solved."""
        return _history_of(self.background(M_N_MeV, mu_nu_muB))

    def standard_history(self) -> History:
        """Return the history without N."""
        return _history_of(self._standard_background())

    def abundance_steps(self, history: History, network: str) -> AbundanceSteps:
        """Return the abundances of a history on the steps of the network."""
        n = self.nucleosynthesis
        return abundance_steps(
            history, n.networks[network], n.weak, Omega_b_h2=n.Omega_b_h2, tau_n_s=n.tau_n_s, rtol=n.rtol
        )  # fmt: skip

    def _standard_background(self) -> Background:
        relic = dipole_N(1.0, 0.0, self.kinetics.nature)
        start = self._state(relic, self._nothing())
        kinetics = replace(self.kinetics, upscattering=Upscattering.CONSTANT)
        return solve_background(relic, kinetics, self.medium, start, accuracy=self.accuracy)

    def background(self, M_N_MeV: float, mu_nu_muB: float) -> Background:
        """Return the history with N of a mass and moment."""
        relic = dipole_N(M_N_MeV, mu_nu_muB, self.kinetics.nature)
        rate = self._rate(M_N_MeV)
        try:
            state = self._state(relic, self._occupation(M_N_MeV, mu_nu_muB, rate))
        except NeverInEquilibrium:
            return unsolved(relic, Status.NEVER_IN_EQUILIBRIUM)
        splines = rate.splines if isinstance(rate, UpscatteringTable) else None
        return solve_background(
            relic, self.kinetics, self.medium, state, upscattering=splines, accuracy=self.accuracy
        )  # fmt: skip

    def T_dec_MeV(self, M_N_MeV: float, mu_nu_muB: float) -> float:
        """Return the temperature at which scattering falls below the expansion."""
        return decoupling_temperature_MeV(mu_nu_muB, self.surroundings.freedom, self._rate(M_N_MeV))

    def _rate(self, M_N_MeV: float) -> Rate:
        """Return G_eN as the kinetics want it: the table of the mass, or the constant c."""
        computed = self.kinetics.upscattering is Upscattering.COMPUTED
        return scattering_table(M_N_MeV) if computed else self.kinetics.upscattering_c

    def _momenta_MeV(self) -> Array:
        return momentum_grid(self.accuracy.momenta).p_over_T * self.T_start_MeV

    def _nothing(self) -> Occupation:
        zero = np.zeros(self.accuracy.momenta)
        return Occupation(zero, zero.copy())

    def _occupation(self, M_N_MeV: float, mu_nu_muB: float, rate: Rate) -> Occupation:
        """Return N at the start (4-cosmology, section 4)."""
        p, initial = self._momenta_MeV(), self.scenario.initial
        if initial is Initial.ZERO:
            return self._nothing()
        if initial is Initial.THERMAL:
            f = fermi_dirac(p, M_N_MeV, self.T_start_MeV)
            return Occupation(f, f)
        if self.scenario.T_RH_MeV is not None:
            return freeze_in(p, M_N_MeV, mu_nu_muB, self.scenario.T_RH_MeV, self.surroundings, rate)
        T_dec = decoupling_temperature_MeV(mu_nu_muB, self.surroundings.freedom, rate)
        if self.decoupling is Decoupling.GRADUAL:
            return gradual(p, M_N_MeV, mu_nu_muB, T_dec, self.surroundings, rate)
        return instantaneous(p, M_N_MeV, T_dec, self.surroundings)

    def _state(self, relic: Relic, f: Occupation) -> InitialState:
        """Return the start of the solve; the fluid of the integrated equations has the active helicity's momenta."""
        grid, T = momentum_grid(self.accuracy.momenta), self.T_start_MeV
        p, dp = grid.p_over_T * T, grid.weight * T
        states = min(relic.states, self.kinetics.states)
        rho = states / (2.0 * pi**2) * float((p**2 * np.hypot(p, relic.M_MeV) * f.f_active * dp).sum())
        return InitialState(T, f.f_active, f.f_sterile, rho)


def _history_of(background: Background) -> History:
    if background.history is None:
        raise ConvergenceError(f"the history could not be solved: {background.status}; choose another point")
    return background.history


def universe(config: CosmologyConfig, scenario: Scenario, tables: TableSource) -> Universe:
    """Return the universe of one initial state; tables gives the datasets by name."""
    T_start = config.T_0_MeV if scenario.T_RH_MeV is None else min(config.T_0_MeV, scenario.T_RH_MeV)
    freedom = degrees_of_freedom(tables("effective_degrees_of_freedom"))
    kinetics = config.kinetics
    # without nu-e exchange the entropy of heavier species would go to photons alone
    if config.heavy_species and scenario.is_diluted and kinetics.weak_exchange:
        surroundings, heavy = bath(freedom, T_start), ideal_gases(temperatures_MeV())
    else:
        surroundings, heavy = bath(freedom, T_start, particles=(ELECTRON,)), None
    corrections = corrections_from_frame(tables("plasma_corrections"))
    reactions = tables("nuclear_reactions")
    networks = {name: nuclear_rates(reactions, tables(f"nuclear_rates_{name}")) for name in NETWORKS}
    weak = weak_rates(tables("neutron_proton_rates"))
    return Universe(
        kinetics=kinetics,
        scenario=scenario,
        decoupling=config.decoupling,
        T_start_MeV=T_start,
        medium=medium(corrections, qed=kinetics.qed, weak_exchange=kinetics.weak_exchange, heavy=heavy),
        surroundings=surroundings,
        nucleosynthesis=Nucleosynthesis(networks, weak, config.Omega_b_h2, config.tau_n_s, config.accuracy.rtol),
        accuracy=config.accuracy,
    )
