"""Production and absorption of N at every radius and energy, by species and helicity."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from math import exp
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nudipole.compilation import BORROWS, KERNEL
from nudipole.constants import M_E_MEV, M_P_MEV
from nudipole.errors import DomainError
from nudipole.quadrature import unit_rule
from nudipole.supernova.medium import Medium
from nudipole.supernova.photon_kernels import photon_rates
from nudipole.supernova.rest_kernels import DIPOLE_MASS2_MEV2, rest_rate
from nudipole.supernova.scattering_kernels import FermiGas, Screening, fermi_gas_loss

Array = NDArray[np.float64]


class Channel(IntEnum):
    """Processes, in the order of the tables."""

    PROTON = 0
    ELECTRON = 1
    PHOTON = 2
    """Inverse decay for M > m_T, plasmon decay below."""


class Protons(StrEnum):
    """Treatment of the proton targets."""

    AT_REST = "at_rest"
    FERMI_GAS = "fermi_gas"
    """With their motion and Pauli blocking."""


@dataclass(frozen=True)
class Microphysics:
    """Choices that change rates; the defaults are those of the reference model."""

    protons: Protons = Protons.AT_REST
    squared_screening: bool = False
    transverse_plasmons: bool = False


@dataclass(frozen=True)
class Nodes:
    """Quadrature nodes: neutrino energies and momentum transfers of scattering; one-dimensional integrals."""

    scattering: int = 7
    line: int = 14


DEFAULT_NODES = Nodes()


@dataclass(frozen=True, eq=False)
class Rates:
    """Rates of a state of N, of shape (channel, species, helicity, radius, energy), in MeV for mu = 1/MeV.

    Species 0 is N (from nu), 1 its antiparticle (from nubar); helicity 0 is the one that survives at M = 0.
    """

    gain_MeV3: Array
    loss_MeV3: Array


class Zone(NamedTuple):
    """The medium at one radius, as the kernels take it."""

    T: float
    mu_nu: float
    n_p: float
    m_T2: float
    screening: Screening
    electrons: FermiGas
    protons: FermiGas


@njit(**BORROWS)
def _proton_rates(
    E: float, M: float, zone: Zone, proton_gas: bool, x: Array, w: Array, x_line: Array, w_line: Array
) -> tuple[float, float, float, float]:
    """Return gain and loss of each helicity, in the order of `photon_rates`."""
    if proton_gas:
        a, b = fermi_gas_loss(E, M, zone.mu_nu, zone.protons, zone.screening, x, w)
        forward = exp(-(E - zone.mu_nu) / zone.T)
        return a * forward, b * forward, a, b
    a, b = rest_rate(E, M, zone.T, zone.mu_nu, zone.n_p, zone.screening, 1, x_line, w_line)
    c, d = rest_rate(E, M, zone.T, zone.mu_nu, zone.n_p, zone.screening, -1, x_line, w_line)
    return a, b, c, d


@njit(**KERNEL)
def _zone_rates(
    M: float, E: Array, zone: Zone, transverse: bool, proton_gas: bool, x: Array, w: Array, x_line: Array, w_line: Array
) -> tuple[Array, Array]:
    """Return gain and loss of shape (channel, helicity, energy) in one zone."""
    gain, loss = np.zeros((3, 2, E.size)), np.zeros((3, 2, E.size))
    for j in range(E.size):
        rates = _proton_rates(E[j], M, zone, proton_gas, x, w, x_line, w_line)
        gain[0, 0, j], gain[0, 1, j], loss[0, 0, j], loss[0, 1, j] = rates
        a, b = fermi_gas_loss(E[j], M, zone.mu_nu, zone.electrons, zone.screening, x, w)
        forward = exp(-(E[j] - zone.mu_nu) / zone.T)
        gain[1, 0, j], gain[1, 1, j], loss[1, 0, j], loss[1, 1, j] = a * forward, b * forward, a, b
        rates = photon_rates(E[j], M, zone.T, zone.mu_nu, zone.m_T2, transverse, x_line, w_line)
        gain[2, 0, j], gain[2, 1, j], loss[2, 0, j], loss[2, 1, j] = rates
    return gain, loss


def _zone(state: Medium, i: int, mu_nu_MeV: float, squared: bool) -> Zone:
    """Return one radius of the medium."""
    T = float(state.T_MeV[i])
    return Zone(
        T,
        mu_nu_MeV,
        float(state.n_p_MeV3[i]),
        float(state.m_T2_MeV2[i]),
        Screening(float(state.k_S2_MeV2[i]), squared),
        FermiGas(M_E_MEV, float(state.mu_e_MeV[i]), T, 0.0),
        FermiGas(M_P_MEV, float(state.mu_p_MeV[i]), T, 1.0 / DIPOLE_MASS2_MEV2),
    )


def rates(M_N_MeV: float, E_MeV: Array, state: Medium, physics: Microphysics, nodes: Nodes = DEFAULT_NODES) -> Rates:
    """Return all rates at local energies E of shape (radii, energies), all above M_N > 0.

    Raises DomainError for energies at or below the mass, or of another number of radii than the medium.
    """
    if E_MeV.shape[0] != state.T_MeV.size or not (
        M_N_MeV > 0.0 and np.isfinite(E_MeV).all() and (E_MeV > M_N_MeV).all()
    ):
        raise DomainError(
            f"energies need one row a radius and must exceed M_N_MeV = {M_N_MeV:g}, which must be positive"
        )
    gain = np.empty((len(Channel), 2, 2, *E_MeV.shape))
    loss = np.empty_like(gain)
    rules = (*unit_rule(nodes.scattering), *unit_rule(nodes.line))
    proton_gas = physics.protons is Protons.FERMI_GAS
    for i in range(E_MeV.shape[0]):
        for species in range(2):
            mu = float(state.mu_nu_MeV[i]) * (1.0 - 2.0 * species)
            if species == 1 and mu == 0.0:
                gain[:, 1, :, i], loss[:, 1, :, i] = gain[:, 0, :, i], loss[:, 0, :, i]
                continue
            zone = _zone(state, i, mu, physics.squared_screening)
            gain[:, species, :, i], loss[:, species, :, i] = _zone_rates(
                M_N_MeV, E_MeV[i], zone, physics.transverse_plasmons, proton_gas, *rules
            )
    return Rates(gain, loss)
