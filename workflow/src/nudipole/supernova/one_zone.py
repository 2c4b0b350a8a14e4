"""The emissivity of one homogeneous zone: the criterion of Raffelt, with absorption on the way out of it."""

from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from nudipole.constants import HBARC_MEV_CM, MU_B_PER_MEV
from nudipole.quadrature import unit_rule
from nudipole.supernova.emission import DEPTH, ERG_PER_CM3_S_PER_MEV5, Propagation, opacity_MeV3
from nudipole.supernova.medium import Medium
from nudipole.supernova.profile import CM_PER_KM
from nudipole.supernova.rates import Channel, Microphysics, Nodes, rates

Array = NDArray[np.float64]
ENERGIES = 48
FINE_NODES = Nodes(scattering=20, line=40)
"""One zone is cheap: good to 1e-4."""


@dataclass(frozen=True, eq=False)
class ZoneEmission:
    """Emission of one mass in one zone for mu = 1/MeV: Q by channel, and spectrum and opacity of each state."""

    Q_MeV7: Array
    """dQ/dV dt of each channel, shape (channels,)."""
    rho_g_cm3: float
    power_MeV7: Array
    """Weights of the energies times dQ/dE, shape (states, energies)."""
    opacity_MeV3: Array
    """Inverse mean free path, the same shape."""

    def emissivity_erg_g_s(self, mu_nu_muB: Array, R_km: float = 0.0) -> Array:
        """Return Q/rho of what comes through R: int dE dQ/dE e^{-R/lambda(E)}, shape of mu."""
        mu2 = (np.asarray(mu_nu_muB, dtype=np.float64) * MU_B_PER_MEV) ** 2
        depth = self.opacity_MeV3 * (R_km * CM_PER_KM / HBARC_MEV_CM)
        escaping = (self.power_MeV7 * np.exp(-mu2[..., None, None] * depth)).sum(axis=(-2, -1))
        return np.asarray(mu2 * escaping * ERG_PER_CM3_S_PER_MEV5 / self.rho_g_cm3)


def zone_emission(
    M_N_MeV: float, state: Medium, physics: Microphysics, how: Propagation, nodes: Nodes = FINE_NODES
) -> ZoneEmission:
    """Return the emission of a medium of one radius, both species and helicities together."""
    x, w = unit_rule(ENERGIES)
    top = DEPTH * float(state.T_MeV[0]) + abs(float(state.mu_nu_MeV[0]))
    E, weight = M_N_MeV + top * x * x, 2.0 * top * x * w
    p = np.sqrt((E - M_N_MeV) * (E + M_N_MeV))
    found = rates(M_N_MeV, E[None, :], state, physics, nodes)
    power = found.gain_MeV3[..., 0, :] * (p * E * E / (2.0 * pi**2) * weight)
    opacity = opacity_MeV3(found, (p / E)[None, :], how)
    return ZoneEmission(
        Q_MeV7=power.sum(axis=(1, 2, 3)),
        rho_g_cm3=float(state.rho_g_cm3[0]),
        power_MeV7=power.sum(axis=0).reshape(-1, E.size),
        opacity_MeV3=opacity.reshape(-1, E.size),
    )


def channel_names() -> tuple[str, ...]:
    """Return the channels in the order of Q_MeV7, in lower case."""
    return tuple(channel.name.lower() for channel in Channel)
