"""Energy that leaves the star: emission and absorption along straight rays, or along radii alone.

Shells have constant source j [per volume and E] and opacity kappa [per length], both for mu^2 = 1. Along a ray

    L = int 2 pi b db int ds j e^{-tau(s)},

a cell of optical depth d tau gives j ds (1 - e^{-d tau})/d tau e^{-tau_outside}: the last mean free path is exact,
however thin. (A trapezoid on the nodes makes L grow as mu^2 for ever.)
"""

from math import expm1, pi, sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nudipole.compilation import BORROWS, KERNEL

Array = NDArray[np.float64]
THIN = 1e-5
"""Optical depth below which (1 - e^-x)/x is 1 to 5e-6."""
TRANSPARENT = 1e-4
"""Optical depth of the diameter below which absorption is left out."""
GONE = 1e-14
"""Transmission below which the rest of a ray is left out."""


@njit(**BORROWS)
def _escaping(source: float, opacity: float, length: float, transmission: float) -> tuple[float, float]:
    """Return what a cell adds to the ray and the transmission behind it."""
    depth = opacity * length
    if depth < THIN:
        return source * length * transmission, transmission * (1.0 - depth)
    lost = -expm1(-depth)
    return source * length * transmission * lost / depth, transmission * (1.0 - lost)


@njit(**BORROWS)
def _ray(
    b: float, edges: Array, source: Array, opacity: Array, absorbing: float, shining: float, emitting: int
) -> float:
    """Return int ds j e^{-tau} of the ray with impact parameter b, seen from outside.

    absorbing and shining are the factors mu^2 of opacity and source.
    """
    last, total, transmission = source.size - 1, 0.0, 1.0
    half = sqrt(edges[last + 1] ** 2 - b * b)
    innermost = last
    for i in range(last, -1, -1):
        if edges[i + 1] <= b:
            break
        innermost = i
        inner = sqrt(edges[i] ** 2 - b * b) if edges[i] > b else 0.0
        added, transmission = _escaping(shining * source[i], absorbing * opacity[i], half - inner, transmission)
        if i < emitting:
            total += added
        half = inner
        if transmission < GONE:
            return total
    half = 0.0
    for i in range(innermost, emitting):
        outer = sqrt(edges[i + 1] ** 2 - b * b)
        added, transmission = _escaping(shining * source[i], absorbing * opacity[i], outer - half, transmission)
        total += added
        half = outer
        if transmission < GONE:
            return total
    return total


@njit(**KERNEL)
def luminosity_rays(
    edges: Array, b: Array, b_weight: Array, source: Array, opacity: Array, mu2: Array, emitting: int
) -> Array:
    """Return L of shape (mu2, rows): source and opacity have shape (rows, shells), rows being energies and states.

    edges: shells + 1 radii; emitting: number of shells that emit, the rest only absorb; b_weight: 2 pi b db. Where even
    the diameter is transparent, L is mu^2 times what it is without absorption.
    """
    out = np.zeros((mu2.size, source.shape[0]))
    for row in range(source.shape[0]):
        diameter = 2.0 * (opacity[row] * np.diff(edges)).sum()
        clear = 0.0
        for j in range(b.size):
            clear += b_weight[j] * _ray(b[j], edges, source[row], opacity[row], 0.0, 1.0, emitting)
        for k in range(mu2.size):
            if mu2[k] * diameter < TRANSPARENT:
                out[k, row] = mu2[k] * clear
                continue
            for j in range(b.size):
                out[k, row] += b_weight[j] * _ray(b[j], edges, source[row], opacity[row], mu2[k], mu2[k], emitting)
    return out


@njit(**KERNEL)
def luminosity_radial(edges: Array, source: Array, opacity: Array, mu2: Array, emitting: int) -> Array:
    """Return L as `luminosity_rays`, every N moving outwards along its radius: int 4 pi r^2 j e^{-tau} dr."""
    out = np.zeros((mu2.size, source.shape[0]))
    for k in range(mu2.size):
        for row in range(source.shape[0]):
            transmission = 1.0
            for i in range(source.shape[1] - 1, -1, -1):
                length = edges[i + 1] - edges[i]
                area = 4.0 * pi * (edges[i + 1] ** 2 + edges[i + 1] * edges[i] + edges[i] ** 2) / 3.0
                added, transmission = _escaping(
                    mu2[k] * area * source[row, i], mu2[k] * opacity[row, i], length, transmission
                )
                if i < emitting:
                    out[k, row] += added
                if transmission < GONE:
                    break
    return out
