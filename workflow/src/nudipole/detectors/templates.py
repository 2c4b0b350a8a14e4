"""Templates: events per bin by source, mode and mass, for mu_nu = 1 mu_B and for weak scattering.

The recoil integral runs over fixed panels (edges where the efficiency or the target has a kink, nothing wider than
the resolution) with a Gauss-Legendre rule; a panel crossed by a kinematic limit of a component is cut there and its
rule mapped to what is left. The rate at a node comes from the flux moments.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nudipole.constants import (
    ALPHA_MU_B2_CM2,
    KEV_PER_MEV,
    M_E_MEV,
    SECONDS_PER_YEAR,
    SIN2_THETA_W,
    STANDARD_CM2_PER_MEV,
)
from nudipole.cross_sections import bracket_coefficients, bracket_coefficients_spin0, standard_coefficients
from nudipole.detectors.response import Detector, panel_edges_keV, response_rows
from nudipole.detectors.targets import Scatterer
from nudipole.kinematics import E_nu_min_MeV, recoil_limits_MeV
from nudipole.sources.moments import MODES, FluxMoments, moments_at

Array = NDArray[np.float64]
Rates = Callable[..., None]

RATE_SCALE = ALPHA_MU_B2_CM2 * SECONDS_PER_YEAR / KEV_PER_MEV
"""Turns Phi [cm^-2 s^-1] times bracket [1/MeV] into events per particle, year and keV at mu = 1 mu_B."""
STANDARD_SCALE = STANDARD_CM2_PER_MEV * SECONDS_PER_YEAR / KEV_PER_MEV


@njit(cache=True)
def rate_per_particle(T_MeV, M_N_MeV, m_MeV, spin_zero, is_line, E, Phi, dPhi_dE, moments, out):  # type: ignore[no-untyped-def]
    """Write the rate [1/(particle yr keV) at 1 mu_B] of one component in each mode to out (modes,)."""
    moments_at(E_nu_min_MeV(T_MeV, M_N_MeV, m_MeV), is_line, E, Phi, dPhi_dE, moments)
    if spin_zero:
        b_0, b_1, b_2 = bracket_coefficients_spin0(T_MeV, M_N_MeV, m_MeV)
    else:
        b_0, b_1, b_2 = bracket_coefficients(T_MeV, M_N_MeV, m_MeV)
    for f in range(out.shape[0]):
        out[f] = RATE_SCALE * (b_0 * moments[f, 0] + b_1 * moments[f, 1] + b_2 * moments[f, 2])


@njit(cache=True)
def dipole_rates(T_keV, M_N_MeV, m_MeV, spin_zero, is_line, E, Phi, dPhi_dE, out):  # type: ignore[no-untyped-def]
    """Write the dipole rates of one component at many recoils to out (len(T), modes)."""
    moments = np.empty((out.shape[1], 3))
    for t in range(len(T_keV)):
        rate_per_particle(T_keV[t] / KEV_PER_MEV, M_N_MeV, m_MeV, spin_zero, is_line, E, Phi, dPhi_dE, moments, out[t])


@njit(cache=True)
def standard_rates(T_keV, is_line, E, Phi, dPhi_dE, out):  # type: ignore[no-untyped-def]
    """Write the weak rates [1/(electron yr keV)] of one component at many recoils to out (len(T), modes).

    The modes e, mu, tau add up to what a detector sees; the mode of the effective moment stays zero.
    """
    moments = np.empty((out.shape[1], 3))
    for t in range(len(T_keV)):
        T = T_keV[t] / KEV_PER_MEV
        moments_at(E_nu_min_MeV(T, 0.0, M_E_MEV), is_line, E, Phi, dPhi_dE, moments)
        for f in range(out.shape[1] - 1):
            g_L = SIN2_THETA_W + (0.5 if f == 0 else -0.5)
            c_0, c_1, c_2 = standard_coefficients(T, M_E_MEV, g_L, SIN2_THETA_W)
            out[t, f] = STANDARD_SCALE * (c_0 * moments[f, 0] + c_1 * moments[f, 1] + c_2 * moments[f, 2])
        out[t, out.shape[1] - 1] = 0.0


@dataclass(frozen=True)
class _Panels:
    """The rule of one kind of particle: edges (panels + 1,); nodes, weights (panels, order); rows (..., bins)."""

    edges_keV: Array
    T_keV: Array
    weights_keV: Array
    rows: Array


@dataclass(frozen=True)
class TemplateMaker:
    """Templates of one detector in one flux; `order` points per panel."""

    detector: Detector
    moments: FluxMoments
    order: int = 4

    @cached_property
    def _rule(self) -> tuple[Array, Array]:
        return np.polynomial.legendre.leggauss(self.order)

    @cached_property
    def _panels(self) -> tuple[_Panels, ...]:
        return tuple(self._panels_of(scatterer) for scatterer in self.detector.scatterers)

    def _panels_of(self, scatterer: Scatterer) -> _Panels:
        edges = panel_edges_keV(self.detector, scatterer)
        T, weights = self._mapped(edges[:-1], edges[1:])
        rows = response_rows(T.ravel(), self.detector, scatterer)
        return _Panels(edges, T, weights, rows.reshape(*T.shape, len(self.detector.bins)))

    def _mapped(self, low_keV: Array, high_keV: Array) -> tuple[Array, Array]:
        """Return nodes and weights of the rule on intervals, shape (intervals, order)."""
        x, w = self._rule
        half = 0.5 * (high_keV - low_keV)[:, None]
        return 0.5 * (high_keV + low_keV)[:, None] + half * x, half * w

    def by_component(self, M_N_MeV: float) -> Array:
        """Return events per bin at mu = 1 mu_B, shape (components, modes, bins)."""
        return self._integrals(
            M_N_MeV,
            lambda T, s, own, out: dipole_rates(
                T, M_N_MeV, s.mass_MeV, s.spin_zero, own[0], own[1], own[2], own[3], out
            ),
        )

    def _integrals(self, M_N_MeV: float, rates: Rates) -> Array:
        m = self.moments
        out = np.zeros((len(m.source), MODES, len(self.detector.bins)))
        for scatterer, panels in zip(self.detector.scatterers, self._panels, strict=True):
            for c in range(len(m.source)):
                limits = recoil_limits_MeV(float(m.E_max_MeV[c]), M_N_MeV, scatterer.mass_MeV)
                T_low, T_high = max(KEV_PER_MEV * limits[0], panels.edges_keV[0]), KEV_PER_MEV * limits[1]
                T_high = min(T_high, panels.edges_keV[-1])
                if T_low < T_high:
                    rows = slice(m.offset[c], m.offset[c + 1])
                    own = (bool(m.is_line[c]), m.E_nu_MeV[rows], m.Phi[rows], m.dPhi_dE[rows])
                    out[c] += self._integral(scatterer, panels, (T_low, T_high), own, rates)
        return out

    def _integral(
        self, scatterer: Scatterer, panels: _Panels, limits_keV: tuple[float, float], own: Any, rates: Rates
    ) -> Array:
        """Return the events (modes, bins) of one component with recoils between two limits."""
        T_low, T_high = limits_keV
        first, last = np.searchsorted(panels.edges_keV, [T_low, T_high])
        # whole panels run from edge `first` to edge `last - 1`, or to `last` where the limit is that edge
        last = last if panels.edges_keV[min(last, len(panels.edges_keV) - 1)] == T_high else last - 1
        ends = (
            [(T_low, T_high)] if first > last else [(T_low, panels.edges_keV[first]), (panels.edges_keV[last], T_high)]
        )
        total = np.zeros((MODES, len(self.detector.bins)))
        if first < last:
            whole = slice(first, last)
            total += _folded(panels.T_keV[whole], panels.weights_keV[whole], panels.rows[whole], scatterer, own, rates)
        for low, high in ends:
            if low < high:
                T, weights = self._mapped(np.array([low]), np.array([high]))
                rows = response_rows(T[0], self.detector, scatterer)[None]
                total += _folded(T, weights, rows, scatterer, own, rates)
        return total

    @cached_property
    def _known(self) -> dict[float, Array]:
        """Templates made so far: modes, variants and root searches ask for the same mass again and again."""
        return {}

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources of neutrinos, in the order of their templates."""
        return tuple(dict.fromkeys(self.moments.source))

    def by_source(self, M_N_MeV: float) -> Array:
        """Return events per bin at mu = 1 mu_B, shape (sources, modes, bins), lines of a source added."""
        if M_N_MeV not in self._known:
            self._known[M_N_MeV] = self._summed(self.by_component(M_N_MeV))
        return self._known[M_N_MeV]

    @cached_property
    def standard(self) -> Array:
        """Events per bin from weak scattering on electrons, shape (sources, bins), all flavours together."""
        by_source = self._summed(
            self._integrals(0.0, lambda T, _, own, out: standard_rates(T, own[0], own[1], own[2], own[3], out))
        )
        return np.asarray(by_source.sum(axis=1))

    def _summed(self, components: Array) -> Array:
        owner = np.array(self.moments.source)
        return np.stack([components[owner == source].sum(axis=0) for source in self.sources])


def _folded(T_keV: Array, weights_keV: Array, rows: Array, scatterer: Scatterer, own: Any, rates: Rates) -> Array:
    """Return sum over nodes of weight, rate and response, (modes, bins)."""
    rate = np.empty((T_keV.size, MODES))
    # contiguous: kernels are compiled for that layout only
    rates(np.ascontiguousarray(T_keV).ravel(), scatterer, own, rate)
    weighted = rate * weights_keV.ravel()[:, None]
    return np.asarray(weighted.T @ rows.reshape(T_keV.size, -1))
