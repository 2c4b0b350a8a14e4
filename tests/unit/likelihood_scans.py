"""Scans whose statistics are known in closed form, for the tests of toys, calibration and CL_s."""

from dataclasses import replace
from math import inf

import numpy as np
from scipy import optimize, stats

from nudipole.likelihood.scan import Nuisances, Observation, SignalScan

SIGMA_MUB2 = 1e-22
"""Error of mu^2 in `gaussian_scan`."""


def gaussian_scan(best_fit_sigma, cost="gaussian"):
    """Two bins whose difference is mu^2 with an error of SIGMA_MUB2: -2 ln L is a parabola in it.

    A free background fills both alike, the second bin measures it. The first has a nuisance of shape with a prior too.
    Errors of 1, sqrt(2) and 1 for second bin, first bin and shape: 2 in all. As Poisson: 1e8 events, 1e4 each.
    """
    gaussian = cost == "gaussian"
    events, error, shape = (100.0, 2.0, 1.0) if gaussian else (1e8, np.sqrt(3.0) * 1e4, 1e4)
    counts = np.array([events + error * best_fit_sigma, events])
    observation = Observation.gaussian(counts, np.array([2.0, 1.0])) if gaussian else Observation.poisson(counts)
    nuisances = Nuisances.independent(
        ("free", "shape", "flux"),
        center=np.array([1.0, 0.0, 1.0]),
        width=np.array([inf, 1.0, 0.0]),
        lower=np.full(3, -inf),
        start=np.array([1.0, 0.0, 1.0]),
    )
    constant = np.array([[events, events], [shape, 0.0], [0.0, 0.0]])
    slope = np.array([[0.0, 0.0], [0.0, 0.0], [error / SIGMA_MUB2, 0.0]])
    return SignalScan(observation, nuisances, constant, slope)


def gaussian_threshold(x_sigma, level=0.9):
    """c(x) for q of a Gaussian measurement of x >= 0 with unit error: P(q <= c) is the chance of both sides."""
    if x_sigma == 0.0:
        return stats.norm.ppf(level) ** 2

    def inside(c):
        low = np.sqrt(c) if c <= x_sigma**2 else (c + x_sigma**2) / (2 * x_sigma)
        return stats.norm.cdf(np.sqrt(c)) - stats.norm.cdf(-low) - level

    return optimize.brentq(inside, 1e-6, 10.0, xtol=1e-12)


def gaussian_distance(x_sigma, best_fit_sigma):
    """q(x) for a measured value that may be negative."""
    best = np.maximum(best_fit_sigma, 0.0)
    return (x_sigma - best_fit_sigma) ** 2 - (best - best_fit_sigma) ** 2


def gaussian_interval(best_fit_sigma):
    """Edges of the 90 % interval of Feldman and Cousins for a Gaussian with a boundary, in sigma; None for zero."""

    def excess(x):
        return gaussian_distance(x, best_fit_sigma) - gaussian_threshold(x)

    start = max(best_fit_sigma, 0.0)
    upper = optimize.brentq(excess, start + 1e-9, start + 5.0, xtol=1e-10)
    lower = optimize.brentq(excess, 0.0, start, xtol=1e-10) if start > 0.0 and excess(0.0) > 0.0 else None
    return lower, upper


def counting_scan(counts, background, signal_per_muB2=1e22, background_width=0.0, flux_width=0.0):
    """Bins with a background of given relative width and a signal whose flux floats by so much; zero fixes them."""
    counts, background = np.atleast_1d(np.array(counts, float)), np.atleast_1d(np.array(background, float))
    signal = np.broadcast_to(signal_per_muB2, counts.shape)
    ones, nothing = np.ones(2), np.zeros_like(counts)
    nuisances = Nuisances.independent(("b", "flux"), ones, np.array([background_width, flux_width]), 0.0 * ones, ones)
    return SignalScan(
        Observation.poisson(counts), nuisances, np.stack([background, nothing]), np.stack([nothing, signal])
    )


def sparse_scan(seed):
    """A few events, a shape that can empty bins, and centres of the priors that fluctuate."""
    rng = np.random.default_rng(seed)
    E = np.linspace(0.0, 1.0, 10)
    peak = np.exp(-0.5 * ((E - 0.4) / 0.15) ** 2)
    constant = np.stack([4.0 * peak / peak.sum(), np.full(10, 0.1), 8.0 * np.gradient(peak / peak.sum()), 0.0 * E])
    slope = np.stack([0.0 * E, 0.0 * E, 0.0 * E, 1e22 * np.exp(-E / 0.3)])
    center = np.array([1.0, 1.0, 0.0, 1.0])
    lower = np.array([0.0, 0.0, -inf, 0.0])
    n = Nuisances.independent(tuple("abcd"), center, np.array([0.2, inf, 1.0, 0.1]), lower, center)
    counts = rng.poisson(np.maximum(n.start @ constant, 0.0)).astype(float)
    moved = replace(n, center=center + n.spread @ rng.normal(size=3))
    return SignalScan(Observation.poisson(counts), moved, constant, slope)
