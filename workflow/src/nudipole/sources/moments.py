"""Moments of the solar flux above a neutrino energy: the only thing a dipole rate needs from the Sun.

    Phi_k(E) = int_E^inf dE' E'^-k P(E') dPhi/dE',    k = 0, 1, 2

The dipole cross section at fixed recoil is a quadratic polynomial in 1/E_nu, so the rate at any
recoil and any M_N is b_0 Phi_0 + b_1 Phi_1 + b_2 Phi_2 at E_nu_min(E_r, M_N). Each component keeps its own
moments, for the four modes e, mu, tau, effective; cubic Hermite interpolation between the nodes uses
the exact derivative -E^-k P dPhi/dE.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nudipole.flavours import ALL_MODES
from nudipole.sources.msw import ConversionTable
from nudipole.sources.solar import Continuum, Line, ProductionRegion, SolarComponent, mode_probabilities

MODES = len(ALL_MODES)


@dataclass(frozen=True)
class FluxMoments:
    """Moments of all components on their nodes, concatenated; component c owns rows offset[c]:offset[c+1].

    E_nu_MeV: (rows,). Phi: (rows, modes, 3) in cm^-2 s^-1 MeV^-k. dPhi_dE: (rows, modes) in
    cm^-2 s^-1 MeV^-1, zero for a line. A line owns one row: its energy and its full moments.
    E_max_MeV, is_line, source: one entry a component.
    """

    source: tuple[str, ...]
    is_line: NDArray[np.bool_]
    E_max_MeV: NDArray[np.float64]
    offset: NDArray[np.int64]
    E_nu_MeV: NDArray[np.float64]
    Phi: NDArray[np.float64]
    dPhi_dE: NDArray[np.float64]


def _line_rows(component: SolarComponent, line: Line, region: ProductionRegion, table: ConversionTable):  # type: ignore[no-untyped-def]
    E = np.array([line.E_nu_MeV])
    P = mode_probabilities(E, component.source, region, table)
    powers = E[:, None] ** -np.arange(3.0)
    return E, component.flux_per_cm2_s * P[:, :, None] * powers[:, None, :], np.zeros((1, MODES))


def _continuum_rows(component: SolarComponent, c: Continuum, region: ProductionRegion, table: ConversionTable):  # type: ignore[no-untyped-def]
    P = mode_probabilities(c.panel_E_MeV.ravel(), component.source, region, table)
    P = P.reshape(*c.panel_E_MeV.shape, MODES)
    weighted = component.flux_per_cm2_s * c.panel_weights * c.panel_density_per_MeV
    powers = c.panel_E_MeV[..., None] ** -np.arange(3.0)
    panel = np.einsum("pg,pgf,pgk->pfk", weighted, P, powers)
    Phi = np.zeros((len(c.E_nu_MeV), MODES, 3))
    Phi[:-1] = np.cumsum(panel[::-1], axis=0)[::-1]
    # at E = 0 conversion is that of vacuum; the density vanishes there, so any small energy serves
    P_nodes = mode_probabilities(np.maximum(c.E_nu_MeV, 1e-6), component.source, region, table)
    return c.E_nu_MeV, Phi, component.flux_per_cm2_s * c.density_per_MeV[:, None] * P_nodes


def flux_moments(
    components: tuple[SolarComponent, ...], region: ProductionRegion, table: ConversionTable
) -> FluxMoments:
    """Return the moments of every component for the modes e, mu, tau, effective."""
    rows = [
        _line_rows(c, c.shape, region, table)
        if isinstance(c.shape, Line)
        else _continuum_rows(c, c.shape, region, table)
        for c in components
    ]
    return FluxMoments(
        source=tuple(c.source for c in components),
        is_line=np.array([isinstance(c.shape, Line) for c in components]),
        E_max_MeV=np.array([float(E[-1]) for E, _, _ in rows]),
        offset=np.concatenate([[0], np.cumsum([len(E) for E, _, _ in rows])]).astype(np.int64),
        E_nu_MeV=np.concatenate([E for E, _, _ in rows]),
        Phi=np.concatenate([Phi for _, Phi, _ in rows]),
        dPhi_dE=np.concatenate([d for _, _, d in rows]),
    )


def joined(*moments: FluxMoments) -> FluxMoments:
    """Return the components of several as one."""
    if len(moments) == 1:
        return moments[0]
    sizes = np.concatenate([np.diff(m.offset) for m in moments])
    arrays = {name: np.concatenate([getattr(m, name) for m in moments]) for name in _ARRAYS}
    return FluxMoments(
        source=tuple(source for m in moments for source in m.source),
        offset=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        **arrays,
    )


_ARRAYS = ("is_line", "E_max_MeV", "E_nu_MeV", "Phi", "dPhi_dE")


@njit(cache=True)
def interval_index(nodes, x):  # type: ignore[no-untyped-def]
    """Return i with nodes[i] <= x < nodes[i + 1], the first or last interval outside."""
    low, high = 0, len(nodes) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if nodes[middle] <= x:
            low = middle
        else:
            high = middle
    return low


@njit(cache=True)
def _hermite(x, h, f0, f1, d0, d1):  # type: ignore[no-untyped-def]
    """Cubic Hermite interpolant at x in [0, 1] on an interval of length h."""
    y = 1.0 - x
    return y * y * ((1.0 + 2.0 * x) * f0 + x * h * d0) + x * x * ((3.0 - 2.0 * x) * f1 - y * h * d1)


@njit(cache=True)
def moments_at(E_nu_MeV, is_line, E, Phi, dPhi_dE, out):  # type: ignore[no-untyped-def]
    """Write Phi_k(E_nu) of one component to out (modes, 3); E, Phi, dPhi_dE are its own rows."""
    # loops and not slices: assigning slices takes numba seconds to compile
    if is_line or E_nu_MeV > E[len(E) - 1]:
        for f in range(out.shape[0]):
            for k in range(3):
                out[f, k] = Phi[0, f, k] if E_nu_MeV <= E[len(E) - 1] else 0.0
        return
    i = interval_index(E, E_nu_MeV)
    h = E[i + 1] - E[i]
    x = (E_nu_MeV - E[i]) / h
    for f in range(out.shape[0]):
        d0, d1 = -dPhi_dE[i, f], -dPhi_dE[i + 1, f]
        for k in range(3):
            out[f, k] = _hermite(x, h, Phi[i, f, k], Phi[i + 1, f, k], d0, d1)
            # next power of 1/E; at E = 0 the density vanishes as E^2 and so does the derivative up to k = 1
            d0 = d0 / E[i] if E[i] > 0.0 else 0.0
            d1 = d1 / E[i + 1]
