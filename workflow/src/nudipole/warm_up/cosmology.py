"""The kernels of the early universe, on made-up tables: which numbers they hold does not matter to the compiler."""

from itertools import product

import numpy as np
import pandas as pd

from nudipole.cosmology.assumptions import PRESETS, Equations
from nudipole.cosmology.background import Accuracy, InitialState, momentum_grid, solve_background
from nudipole.cosmology.decoupling import decoupling_temperature_MeV, gradual
from nudipole.cosmology.degrees_of_freedom import bath, degrees_of_freedom
from nudipole.cosmology.history import History
from nudipole.cosmology.network import primordial_abundances
from nudipole.cosmology.nuclear import nuclear_rates
from nudipole.cosmology.plasma import PlasmaCorrections, medium
from nudipole.cosmology.relic import dipole_N
from nudipole.cosmology.upscattering import upscattering_table
from nudipole.cosmology.weak_rates import born_rates, weak_rates

ACCURACY = Accuracy(rtol=1e-3, momenta=8)


def compile_kernels() -> None:
    """Compile the kernels."""
    table = upscattering_table(1.0)
    freedom = degrees_of_freedom(pd.DataFrame({"log10_T_MeV": range(5), "g_rho": 10.75, "g_s": 10.75}))
    T_dec = decoupling_temperature_MeV(1e-10, freedom, table)
    momenta = momentum_grid(ACCURACY.momenta).p_over_T * 20.0
    f = gradual(momenta, 1.0, 1e-10, T_dec, bath(freedom, 20.0), table)
    nothing = np.zeros(4)
    plasma = medium(PlasmaCorrections(np.geomspace(0.01, 40.0, 4), *[nothing] * 7), qed=True, weak_exchange=True)
    start = InitialState(20.0, f.f_active, f.f_sterile, 1.0)
    kinetics = PRESETS[Equations.MOMENTUM]
    solved = solve_background(
        dipole_N(1.0, 1e-10), kinetics, plasma, start, upscattering=table.splines, accuracy=ACCURACY
    ).history
    if solved is not None:
        _compile_network(solved)


def _compile_network(history: History) -> None:
    reactions = pd.DataFrame(
        {"reaction": ["np_d"], "reactant_1": ["n"], "reactant_2": ["p"], "product_1": ["d"], "product_2": [""],
         "reverse_alpha": [4.7e9], "reverse_beta": [1.5], "reverse_gamma_T9": [-25.8]}
    )  # fmt: skip
    rates = pd.DataFrame({"T9": np.geomspace(1e-3, 10.0, 5)})
    rates["np_d_cm3_per_mol_s"] = 1e4
    grid = pd.DataFrame(list(product(np.linspace(0.3, 2.0, 4), np.geomspace(0.1, 12.0, 4))))
    grid.columns = pd.Index(["T_nu_over_T_gamma", "T_gamma_MeV"])
    T = grid["T_gamma_MeV"].to_numpy()
    born = born_rates(T, T * grid["T_nu_over_T_gamma"].to_numpy())
    grid["n_to_p_times_tau_n"], grid["p_to_n_times_tau_n"] = born
    options = {"Omega_b_h2": 0.022, "tau_n_s": 880.0, "rtol": 1e-3}
    primordial_abundances(history, nuclear_rates(reactions, rates), weak_rates(grid), **options)
