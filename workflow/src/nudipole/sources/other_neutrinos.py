"""Flux moments of neutrinos that do not come from the Sun: atmospheric ones, and the diffuse supernova background.

Neutrinos and antineutrinos are added, since the dipole cross section is the same for both. On the way flavours mix as
after many oscillations in vacuum, P_ab = sum_i |U_ai|^2 |U_bi|^2 (e.g. PDG, neutrino review, section 14.4). That is
exact for the DSNB, which arrives as mass states, where its fluxes are those at the source. For atmospheric neutrinos
the oscillation lengths at 100 MeV are 100 km and 3300 km: good for what comes from below, but for matter (resonant near
100 MeV in the mantle for the small splitting), which moves P by about 0.1; from above, 15-20 km, little has happened
at the higher energies and the mu flux is underestimated.

Nothing is extrapolated beyond the ends of a table. Below 13 MeV, where the atmospheric one begins, that leaves out
about 0.4 per cm^2 and s of 11, against 5e6 of solar neutrinos, which reach to 18.8 MeV.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from nudipole.errors import DataError
from nudipole.flavours import ALL_MODES
from nudipole.quadrature import unit_rule
from nudipole.sources.moments import MODES, FluxMoments
from nudipole.sources.msw import Oscillation, pmns_matrix

Array = NDArray[np.float64]

ORDER = 8
"""Gauss-Legendre points in ln E between two nodes, where the flux is a power law."""
STEP = 0.02
"""Longest step in ln E between nodes: cubic interpolation of the moments is then good to 1e-5 up to 0.98 of the end."""


def averaged_probabilities(osc: Oscillation) -> Array:
    """Return P_ab = sum_i |U_ai|^2 |U_bi|^2 (e, mu, tau)."""
    squared = np.abs(pmns_matrix(osc)) ** 2
    return np.asarray(squared @ squared.T)


def fluxes_by_mode(flux_by_flavour: Mapping[str, Array], osc: Oscillation) -> Array:
    """Return the flux at the detector (nodes, modes) from that at the source by flavour; effective is the sum."""
    at_source = np.stack([flux_by_flavour[flavour] for flavour in ALL_MODES[:3]], axis=1)
    arriving = at_source @ averaged_probabilities(osc)
    return np.column_stack([arriving, at_source.sum(axis=1)])


def moments_of_table(source: str, E_nu_MeV: Array, flux_per_cm2_s_MeV: Array) -> FluxMoments:
    """Return the moments of one component from its flux (nodes, modes), a power law between nodes.

    Raises DataError unless energies increase from above zero and every flux is positive.
    """
    _require_power_laws(source, E_nu_MeV, flux_per_cm2_s_MeV)
    ln_E, ln_flux = _refined(np.log(E_nu_MeV), np.log(flux_per_cm2_s_MeV))
    x, w = unit_rule(ORDER)
    steps = np.diff(ln_E)
    inside = np.exp(ln_E[:-1, None] + steps[:, None] * x)
    flux = np.exp(ln_flux[:-1, None] + x[:, None] * np.diff(ln_flux, axis=0)[:, None])
    powers = inside[..., None] ** -np.arange(3.0)
    panel = np.einsum("pg,pgf,pgk->pfk", inside * steps[:, None] * w, flux, powers)
    E = np.exp(ln_E)
    # exp(log(x)) may miss by a rounding: the ends are those of the table
    E[0], E[-1] = E_nu_MeV[0], E_nu_MeV[-1]
    Phi = np.zeros((len(E), MODES, 3))
    Phi[:-1] = np.cumsum(panel[::-1], axis=0)[::-1]
    # below the table nothing is added: the moments stay what they are at its first node, and the density is zero
    return FluxMoments(
        source=(source,),
        is_line=np.array([False]),
        E_max_MeV=np.array([E[-1]]),
        offset=np.array([0, len(E) + 2], dtype=np.int64),
        E_nu_MeV=np.concatenate([[0.0, E[0] * (1.0 - 1e-9)], E]),
        Phi=np.concatenate([Phi[:1], Phi[:1], Phi]),
        dPhi_dE=np.concatenate([np.zeros((2, MODES)), np.exp(ln_flux)]),
    )


def _require_power_laws(source: str, E_nu_MeV: Array, flux_per_cm2_s_MeV: Array) -> None:
    if not (E_nu_MeV[0] > 0.0 and np.all(np.diff(E_nu_MeV) > 0.0)):
        raise DataError(f"flux of {source}: energies must increase from above zero; sort the table and drop E = 0")
    if not np.all(flux_per_cm2_s_MeV > 0.0):
        raise DataError(f"flux of {source}: a power law between nodes is assumed; drop rows where it is not positive")


def _refined(ln_E: Array, ln_flux: Array) -> tuple[Array, Array]:
    """Return the same power laws on nodes that are no more than STEP apart."""
    parts = np.ceil(np.diff(ln_E) / STEP).astype(int)
    pieces = [np.arange(n) / n + i for i, n in enumerate(parts)]
    position = np.append(np.concatenate(pieces), len(ln_E) - 1.0)
    table = np.arange(float(len(ln_E)))
    fine = np.stack([np.interp(position, table, column) for column in ln_flux.T], axis=1)
    return np.interp(position, table, ln_E), fine
