"""Signal templates: events per bin for mu_nu = 1 mu_B, by component, mode and mass.

The recoil integral runs over fixed panels (edges where the efficiency or the electron target has a
kink) with a Gauss-Legendre rule; a panel crossed by a kinematic limit of a component is cut there and
its rule mapped to what is left. The rate at a node comes from the flux moments.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nudipole.constants import ALPHA_MU_B2_CM2, KEV_PER_MEV, M_E_MEV, SECONDS_PER_YEAR
from nudipole.cross_sections import bracket_coefficients
from nudipole.detectors.response import Detector, panel_edges_keV, response_rows
from nudipole.kinematics import E_nu_min_MeV, recoil_limits_MeV
from nudipole.sources.moments import MODES, FluxMoments, interval_index, moments_at
from nudipole.sources.solar import SOURCES

RATE_SCALE = ALPHA_MU_B2_CM2 * SECONDS_PER_YEAR / KEV_PER_MEV
"""Turns Phi [cm^-2 s^-1] times bracket [1/MeV] into events per electron, year and keV at mu = 1 mu_B."""


@njit(cache=True)
def rate_per_electron(T_MeV, M_N_MeV, is_line, E, Phi, dPhi_dE, moments, out):  # type: ignore[no-untyped-def]
    """Write the rate [1/(electron yr keV) at 1 mu_B] of one component in each mode to out (modes,)."""
    moments_at(E_nu_min_MeV(T_MeV, M_N_MeV, M_E_MEV), is_line, E, Phi, dPhi_dE, moments)
    b_0, b_1, b_2 = bracket_coefficients(T_MeV, M_N_MeV, M_E_MEV)
    for f in range(out.shape[0]):
        out[f] = RATE_SCALE * (b_0 * moments[f, 0] + b_1 * moments[f, 1] + b_2 * moments[f, 2])


@njit(cache=True)
def _interpolated_row(T_keV, grid_keV, rows, out):  # type: ignore[no-untyped-def]
    """Write the response row at T, linear between the two grid points of its panel around it."""
    i = interval_index(grid_keV, T_keV)
    x = (T_keV - grid_keV[i]) / (grid_keV[i + 1] - grid_keV[i])
    for b in range(out.shape[0]):
        out[b] = (1.0 - x) * rows[i, b] + x * rows[i + 1, b]


@njit(cache=True)
def component_template(  # type: ignore[no-untyped-def]
    M_N_MeV, is_line, E, Phi, dPhi_dE, edges_keV, gauss_x, gauss_w, rows, cut_grid_keV, cut_rows, out
):
    """Add one component's events per bin to out (modes, bins) for mu = 1 mu_B.

    rows: (panels, order, bins), the response at the nodes of whole panels. cut_grid_keV, cut_rows:
    (panels, fine) and (panels, fine, bins), the response on a finer grid for panels that are cut.
    """
    E_max = E[len(E) - 1]
    T_low, T_high = recoil_limits_MeV(E_max, M_N_MeV, M_E_MEV)
    if not T_low < T_high:
        return
    T_low, T_high = T_low * KEV_PER_MEV, T_high * KEV_PER_MEV
    moments, rate, row = np.empty((out.shape[0], 3)), np.empty(out.shape[0]), np.empty(out.shape[1])
    for p in range(len(edges_keV) - 1):
        a, b = max(edges_keV[p], T_low), min(edges_keV[p + 1], T_high)
        if not a < b:
            continue
        whole = a == edges_keV[p] and b == edges_keV[p + 1]
        half, middle = 0.5 * (b - a), 0.5 * (b + a)
        for g in range(len(gauss_x)):
            T = middle + half * gauss_x[g]
            rate_per_electron(T / KEV_PER_MEV, M_N_MeV, is_line, E, Phi, dPhi_dE, moments, rate)
            if whole:
                for i in range(out.shape[1]):
                    row[i] = rows[p, g, i]
            else:
                _interpolated_row(T, cut_grid_keV[p], cut_rows[p], row)
            for f in range(out.shape[0]):
                for i in range(out.shape[1]):
                    out[f, i] += half * gauss_w[g] * rate[f] * row[i]


@dataclass(frozen=True)
class TemplateMaker:
    """Templates of one detector in one solar flux; `order` points per panel."""

    detector: Detector
    moments: FluxMoments
    order: int = 4

    @cached_property
    def _panels(self) -> tuple[NDArray[np.float64], ...]:
        edges = panel_edges_keV(self.detector)
        x, w = np.polynomial.legendre.leggauss(self.order)
        nodes = 0.5 * (edges[1:] + edges[:-1])[:, None] + 0.5 * np.diff(edges)[:, None] * x
        # a step of the electron target sits on a panel edge: stay inside the panel by a hair
        fine = np.linspace(1e-9, 1.0 - 1e-9, 16 * self.order)
        cut_grid = edges[:-1, None] + np.diff(edges)[:, None] * fine
        bins = len(self.detector.bin_edges_keV) - 1
        rows = response_rows(nodes.ravel(), self.detector).reshape(*nodes.shape, bins)
        cut_rows = response_rows(cut_grid.ravel(), self.detector).reshape(*cut_grid.shape, bins)
        return edges, x, w, rows, cut_grid, cut_rows

    def by_component(self, M_N_MeV: float) -> NDArray[np.float64]:
        """Return events per bin at mu = 1 mu_B, shape (components, modes, bins)."""
        m = self.moments
        bins = len(self.detector.bin_edges_keV) - 1
        edges, x, w, rows, cut_grid, cut_rows = self._panels
        out = np.zeros((len(m.source), MODES, bins))
        for c in range(len(m.source)):
            own = slice(m.offset[c], m.offset[c + 1])
            component_template(
                M_N_MeV,
                bool(m.is_line[c]),
                m.E_nu_MeV[own],
                m.Phi[own],
                m.dPhi_dE[own],
                edges,
                x,
                w,
                rows,
                cut_grid,
                cut_rows,
                out[c],
            )
        return out

    @cached_property
    def _known(self) -> dict[float, NDArray[np.float64]]:
        """Templates made so far: modes, variants and root searches ask for the same mass again and again."""
        return {}

    def by_source(self, M_N_MeV: float) -> NDArray[np.float64]:
        """Return events per bin at mu = 1 mu_B, shape (SOURCES, modes, bins), lines of a source added."""
        if M_N_MeV not in self._known:
            components = self.by_component(M_N_MeV)
            owner = np.array(self.moments.source)
            self._known[M_N_MeV] = np.stack([components[owner == s].sum(axis=0) for s in SOURCES])
        return self._known[M_N_MeV]
