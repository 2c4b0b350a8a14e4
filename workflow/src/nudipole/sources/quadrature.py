"""Nodes and panels for integrals over neutrino spectra."""

import numpy as np
from numpy.typing import NDArray

GAUSS_ORDER = 6


def endpoint_nodes(E_max_MeV: float, nodes: int) -> NDArray[np.float64]:
    """Return nodes on [0, E_max] that crowd at both ends: E = E_max sin^2(pi u/2), u uniform.

    A beta spectrum behaves like a square root at its end point and like E^2 at the origin; both are
    smooth in u.
    """
    u = np.linspace(0.0, 1.0, nodes)
    E = E_max_MeV * np.sin(0.5 * np.pi * u) ** 2
    E[-1] = E_max_MeV
    return E


def gauss_panels(
    edges: NDArray[np.float64], order: int = GAUSS_ORDER
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Gauss-Legendre points and weights inside each interval, both of shape (len(edges) - 1, order)."""
    x, w = np.polynomial.legendre.leggauss(order)
    half = 0.5 * np.diff(edges)[:, None]
    middle = 0.5 * (edges[1:] + edges[:-1])[:, None]
    return middle + half * x, half * w
