"""Other nucleosynthesis codes on our thermal histories: primat and LINX, from the lock envs/requirements-peers.txt.

Neither is imported before it is asked for; without it the import raises ModuleNotFoundError.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nudipole.cli.project import bundled_tables, catalog_of
from nudipole.config.load import load_config
from nudipole.constants import HBAR_MEV_S, M_E_MEV, T_CMB_MEV
from nudipole.constraints.cosmology_inputs import cosmology_config
from nudipole.constraints.cosmology_universe import Universe, universe
from nudipole.cosmology.background import INVERSE_PLANCK_PER_MEV
from nudipole.cosmology.export import Sampled, sampled
from nudipole.cosmology.history import History
from nudipole.cosmology.plasma import RHO_NU_OVER_T4, Medium, rho_em_MeV4

Array = NDArray[np.float64]
ROOT = Path(__file__).resolve().parents[1]
OMEGA_B_H2, TAU_N_S = 0.02237, 879.4
NETWORK = "primat2023"
PRIMAT_NODES, LINX_NODES = 4000, 2000
"""Both interpolate linearly between nodes."""
LINX_WEAK_NODES = 600
"""LINX' own 150 raise Y_p by 1e-4 (4-cosmology, section 7)."""


class Yields(NamedTuple):
    """Y_p as a fraction of nucleons, and numbers over hydrogen, with t in 3He and 7Be in 7Li."""

    Y_p: float
    D_H: float
    He3_H: float
    Li7_H: float


class PrimatInput(NamedTuple):
    """What primat takes: its parameters and the density beyond photons, e+- and neutrinos of T_gamma [MeV^4]."""

    parameters: dict[str, Any]
    extra_rho: Callable[[float], float]


@cache
def early_universe(*settings: str) -> Universe:
    """Return the first initial state of config/config.yaml with KEY=VALUE on top."""
    baryons = (f"cosmology.Omega_b_h2={OMEGA_B_H2}", f"cosmology.tau_n_s={TAU_N_S}")
    config = load_config(ROOT, [], [*baryons, *settings])
    choices = cosmology_config(config)
    return universe(choices, choices.scenarios[0], bundled_tables(ROOT, catalog_of(ROOT, config)))


def on_nodes(history: History, nodes: int) -> Sampled:
    """Return the history on nodes equidistant in ln a."""
    return sampled(history, np.linspace(history.ln_a[0], history.ln_a[-1], nodes))


def primat_input(history: History, medium: Medium, folder: Path, **options: Any) -> PrimatInput:
    """Write the history as primat's table of temperatures and return its input.

    Columns x = m_e/T_com, z = T_gamma/T_com, the same of the three neutrinos, and the heating, which
    external_scale_factor does not read; T_com = T_0/a. What H^2 has beyond the plasma is N.
    """
    s = on_nodes(history, PRIMAT_NODES)
    T_com = T_CMB_MEV * np.exp(-s.ln_a)
    neutrino = s.T_nu_MeV / T_com
    columns = [M_E_MEV / T_com, s.T_gamma_MeV / T_com, neutrino, neutrino, neutrino, np.zeros_like(T_com)]
    path = folder / "history.csv"
    np.savetxt(path, np.column_stack(columns), delimiter=",")

    rho = (s.H_per_s * HBAR_MEV_S / INVERSE_PLANCK_PER_MEV) ** 2
    plasma = np.array([rho_em_MeV4(medium, T) for T in s.T_gamma_MeV]) + RHO_NU_OVER_T4 * s.T_nu_MeV**4
    ln_T, share, ln_rho = np.log(s.T_gamma_MeV)[::-1], (1.0 - plasma / rho)[::-1], np.log(rho)[::-1]

    def extra_rho(T_MeV: float) -> float:
        inside = np.clip(np.log(T_MeV), ln_T[0], ln_T[-1])
        scale = np.exp(np.interp(inside, ln_T, ln_rho) + 4.0 * (np.log(T_MeV) - inside))
        return float(np.interp(inside, ln_T, share) * scale)

    parameters = {
        **primat_parameters(folder),
        "nevo_file": str(path),
        "external_scale_factor": True,
        "thermal_corrections": False,
    }
    return PrimatInput(parameters | options, extra_rho)


def primat_parameters(folder: Path) -> dict[str, Any]:
    """Return the parameters of every run: thermal neutrinos, and no table kept from one history for the next."""
    return {
        "network": "small",
        "Omegabh2": OMEGA_B_H2,
        "tau_n": TAU_N_S,
        "spectral_distortions": False,
        "weak_rate_cache": False,
        "save_nTOp": False,
        "save_nTOp_thermal": False,
        "cache_dir": str(folder),
        "show_progress": False,
    }


def run_primat(parameters: dict[str, Any], extra_rho: Callable[[float], float] | None = None) -> Yields:
    """Return the abundances of primat's C backend."""
    from primat.backend import run_bbn

    found = run_bbn(parameters, force_backend="c", extra_rho=None if extra_rho is None else [extra_rho])
    return Yields(found["YPBBN"], found["DoH"], found["He3oH"], found["Li7oH"])


@cache
def linx_model() -> Any:
    """Return LINX' network with the rates of NETWORK; its first call compiles for about a minute and a half."""
    from linx.abundances import AbundanceModel
    from linx.nuclear import NuclearRates

    return AbundanceModel(NuclearRates(nuclear_net="key_PRIMAT_2023"))


def linx_input(history: History) -> tuple[Array, ...]:
    """Return densities of photons, of one neutrino and of N, the pressure of N, then a and t [s].

    With a and t given, LINX takes only the temperatures from the densities: those of N are not read.
    """
    s = on_nodes(history, LINX_NODES)
    nothing = np.zeros(LINX_NODES)
    photons, neutrino = np.pi**2 / 15.0 * s.T_gamma_MeV**4, RHO_NU_OVER_T4 / 3.0 * s.T_nu_MeV**4
    return photons, neutrino, nothing, nothing, np.exp(s.ln_a), s.t_s


def run_linx(inputs: tuple[Array, ...]) -> Yields:
    """Return the abundances of LINX."""
    import jax.numpy as jnp
    from linx import const

    *densities, a, t_s = (jnp.asarray(column) for column in inputs)
    Y = np.array(
        linx_model()(
            *densities,
            a_vec=a,
            t_vec=t_s,
            eta_fac=jnp.asarray(OMEGA_B_H2 / const.Omegabh2),
            tau_n_fac=jnp.asarray(TAU_N_S / const.tau_n),
            sampling_nTOp=LINX_WEAK_NODES,
        )
    )
    return Yields(4.0 * Y[5], Y[2] / Y[1], (Y[3] + Y[4]) / Y[1], (Y[6] + Y[7]) / Y[1])
