"""Toy experiments: reproducible, distributed as theory says, and with priors that fluctuate as they should."""

from math import inf

import numpy as np
import pytest
from likelihood_scans import SIGMA_MUB2, counting_scan, gaussian_distance, gaussian_scan, sparse_scan
from scipy import stats

from nudipole.errors import ConvergenceError, DomainError
from nudipole.likelihood import toys
from nudipole.likelihood.scan import Nuisances, Observation, SignalScan
from nudipole.likelihood.toys import toy_statistics, toy_upper_limits_muB2

TRUTH = np.array([1.0, 0.0, 1.0])
N = 40_000
P_VALUE = 1e-4
"""Of the Kolmogorov-Smirnov tests, whose seeds are fixed: a distribution that is off by 1 to 2 % somewhere fails."""


def test_the_same_seed_gives_the_same_toys_whatever_happened_before():
    scan = gaussian_scan(1.0)
    first = toy_statistics(5, 200, SIGMA_MUB2, TRUTH, scan)
    toy_statistics(6, 77, 0.0, TRUTH, gaussian_scan(0.0, "poisson"))
    np.random.default_rng(1).normal(size=10)
    np.testing.assert_array_equal(toy_statistics(5, 200, SIGMA_MUB2, TRUTH, scan), first)
    np.testing.assert_array_equal(toy_statistics(5, 50, SIGMA_MUB2, TRUTH, scan), first[:50])
    assert (toy_statistics(6, 200, SIGMA_MUB2, TRUTH, scan) != first).all()


@pytest.mark.parametrize("cost", ["gaussian", "poisson"])
def test_far_from_the_boundary_q_is_chi2_with_one_degree_of_freedom(cost):
    # Ten sigma from mu = 0; the free background and the shape, with its moving centre, are profiled away.
    q = toy_statistics(1, N, 10.0 * SIGMA_MUB2, TRUTH, gaussian_scan(0.0, cost))
    assert stats.kstest(q, stats.chi2(1).cdf).pvalue > P_VALUE
    # centres that stay where they are would make the error of the difference sqrt(3) instead of 2: 25 % in q
    assert stats.kstest(0.9 * q, stats.chi2(1).cdf).pvalue < P_VALUE


@pytest.mark.parametrize("cost", ["gaussian", "poisson"])
def test_at_the_boundary_q_is_half_zero_and_half_chi2(cost):
    # 0.5 delta(q) + 0.5 chi2_1: arXiv:1007.1727, eq. (49). Zero to 1e-8, the accuracy of -2 ln L. Four sigma: 0.01.
    q = toy_statistics(2, N, 0.0, TRUTH, gaussian_scan(0.0, cost))
    positive = q[q > 1e-8]
    assert len(positive) / N == pytest.approx(0.5, abs=0.01)
    assert stats.kstest(positive, stats.chi2(1).cdf).pvalue > P_VALUE


@pytest.mark.parametrize("x_sigma", [0.5, 1.0, 1.645])
def test_between_q_is_that_of_a_gaussian_with_a_boundary(x_sigma):
    # The same statistic for a drawn best fit: two samples of one distribution.
    q = toy_statistics(3, N, x_sigma * SIGMA_MUB2, TRUTH, gaussian_scan(0.0))
    z = np.random.default_rng(4).normal(size=N)
    assert stats.ks_2samp(q, gaussian_distance(x_sigma, x_sigma + z)).pvalue > P_VALUE
    # an error of mu^2 that is 10 % wrong would be seen
    assert stats.ks_2samp(q, gaussian_distance(x_sigma, x_sigma + 1.1 * z)).pvalue < P_VALUE


def test_counts_of_few_events_are_drawn_one_by_one():
    # One bin, b = 3 known, no signal: q(0) = 0 unless n > 3, else 2 [3 - n + n ln(n/3)] with Poisson probability.
    scan = counting_scan(3.0, 3.0)
    q = toy_statistics(1, N, 0.0, np.ones(2), scan)
    for n in (4, 5, 6, 8):
        expected = 2.0 * (3.0 - n + n * np.log(n / 3.0))
        fraction = np.mean(np.abs(q - expected) < 1e-6)
        assert fraction == pytest.approx(stats.poisson.pmf(n, 3.0), abs=4.0 * np.sqrt(stats.poisson.pmf(n, 3.0) / N))
    assert np.mean(q < 1e-8) == pytest.approx(stats.poisson.cdf(3, 3.0), abs=0.01)


def test_no_fit_is_worse_than_that_of_a_scan():
    # Toys are fitted in a hurry (1e-9): the best fit of the same data as a scan is no better than that.
    rng = np.random.default_rng(9)
    E = np.linspace(0, 1, 30)
    constant = np.stack([20 * np.exp(-E), 10 + 5 * E, 8 * np.gradient(np.exp(-(((E - 0.5) / 0.2) ** 2))), 0 * E])
    slope = np.stack([0 * E, 0 * E, 0 * E, 3e23 * np.exp(-5 * E)])
    center = np.array([1.0, 1.0, 0.0, 1.0])
    nuisances = Nuisances.independent(
        tuple("abcd"), center, np.array([0.1, inf, 1.0, 0.05]), np.array([0, 0, -inf, 0.0]), center
    )
    scan = SignalScan(Observation.poisson(rng.poisson(center @ constant).astype(float)), nuisances, constant, slope)
    theta = scan.fits(np.array([2e-22])).nuisances[0]
    q = toy_statistics(1, 300, 2e-22, theta, scan)
    # the same experiments again through the public interface, with NumPy's own draws: the same distribution
    again = []
    for _ in range(300):
        counts = rng.poisson(scan.expected(2e-22, theta)).astype(float)
        moved = theta + nuisances.spread @ rng.normal(size=nuisances.spread.shape[1])
        own = SignalScan(
            Observation.poisson(counts),
            Nuisances(nuisances.names, moved, nuisances.lower, theta, nuisances.precision, nuisances.fixed),
            constant,
            slope,
        )
        again.append(own.chi2(2e-22) - own.best_fit.chi2)
    assert stats.ks_2samp(q, again).pvalue > P_VALUE
    assert min(again) > -1e-8


def test_centres_have_the_covariance_of_the_prior():
    # spread spread^T = P^-1 exactly; with a singular P in the directions that it constrains.
    n = Nuisances.independent(tuple("abc"), np.ones(3), np.array([0.1, 0.5, 1e-6]), np.zeros(3), np.ones(3))
    n = n.correlated(("a", "b"), np.array([[1.0, 0.7], [0.7, 1.0]]))
    np.testing.assert_allclose(n.spread @ n.spread.T @ n.precision, np.eye(3), atol=1e-9)
    free = Nuisances.independent(tuple("ab"), np.ones(2), np.full(2, inf), np.zeros(2), np.ones(2))
    one = free.conditioned(np.array([1.0, 2.0]), 3.0, 0.25)
    assert one.spread.shape == (2, 1)
    assert np.abs(np.array([1.0, 2.0]) @ one.spread) == pytest.approx(0.25, rel=1e-12, abs=0)


def test_limits_of_toys_are_those_of_a_parabola():
    # Two-sided 90 %: x_hat + 1.645 for x_hat >= 0, else x_hat + sqrt(x_hat^2 + 2.706), in sigma.
    limits = toy_upper_limits_muB2(1, 5000, 2.7055, TRUTH, gaussian_scan(0.0)) / SIGMA_MUB2
    best = np.random.default_rng(2).normal(size=50_000)
    expected = best + np.where(best > 0.0, np.sqrt(2.7055), np.sqrt(best**2 + 2.7055))
    assert stats.ks_2samp(limits, expected).pvalue > P_VALUE


def test_every_toy_of_few_events_is_fitted():
    # Four events, ten bins, a shape that can empty them: one toy in three ends at m = 0 of an empty bin.
    scan = sparse_scan(1)
    for x in (0.0, 3e-22):
        q = toy_statistics(1, 5000, x, scan.nuisances.start, scan)
        assert np.isfinite(q).all()
        assert 0.80 < np.mean(q < 2.706) < 0.99
    assert (toy_upper_limits_muB2(1, 2000, 2.706, scan.nuisances.start, scan) > 0.0).all()


def test_what_has_no_toys():
    table = SignalScan(
        Observation.tabulated(np.array([[0.0, 1.0, 2.0]]), 0.5),
        Nuisances.independent(("flux",), np.ones(1), np.ones(1), np.zeros(1), np.ones(1)),
        np.zeros((1, 1)),
        np.ones((1, 1)),
    )
    with pytest.raises(DomainError, match="a tabulated likelihood says nothing about other outcomes"):
        toy_statistics(1, 10, 0.0, np.ones(1), table)
    with pytest.raises(DomainError, match="toys need between 0 and"):
        toy_statistics(1, 10, 1.0, np.ones(2), counting_scan(3.0, 3.0))


def test_toys_that_were_not_fitted_are_an_error(monkeypatch):
    monkeypatch.setattr(toys, "_statistics", lambda *_: np.array([0.0, np.nan]))
    with pytest.raises(ConvergenceError, match="1 of 2 toys at mu = 0 mu_B were not fitted"):
        toy_statistics(1, 2, 0.0, np.ones(2), counting_scan(3.0, 3.0))
