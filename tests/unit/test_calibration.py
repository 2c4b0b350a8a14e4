"""Feldman-Cousins intervals: the threshold of a Gaussian with a boundary, its noise, coverage, and the edges."""

from math import inf

import numpy as np
import pytest
from likelihood_scans import SIGMA_MUB2, counting_scan, gaussian_interval, gaussian_scan, gaussian_threshold
from scipy import stats

from nudipole.errors import DomainError
from nudipole.likelihood.calibration import (
    N_TOYS,
    calibrated_threshold,
    calibrated_thresholds,
    coverage,
    feldman_cousins,
)
from nudipole.likelihood.scan import Nuisances, Observation, SignalScan

QUANTILE_NOISE = np.sqrt(0.9 * 0.1 / N_TOYS) / stats.chi2(1).pdf(2.7055)
"""Standard deviation of a 90 % quantile of chi2_1: 0.034."""


def test_thresholds_of_a_gaussian_with_a_boundary():
    # From 1.642 at mu = 0 to 2.706 from 1.645 sigma on; four standard deviations of the quantile.
    x = np.array([0.0, 0.5, 1.0, 1.3, 2.0, 5.0])
    found = calibrated_thresholds(gaussian_scan(1.0), x * SIGMA_MUB2, 0.9, N_TOYS, 1)
    expected = [gaussian_threshold(v) for v in x]
    assert expected[0] == pytest.approx(1.642, abs=1e-3)
    assert expected[-1] == pytest.approx(2.706, abs=1e-3)
    np.testing.assert_allclose(found, expected, rtol=0, atol=4 * QUANTILE_NOISE)


def test_the_noise_of_the_thresholds_is_as_said():
    # 25 independent calibrations of one point: their scatter to 40 % (three sigma of a standard deviation of 25).
    scan = gaussian_scan(0.0)
    found = [calibrated_thresholds(scan, np.array([5.0 * SIGMA_MUB2]), 0.9, N_TOYS, seed)[0] for seed in range(25)]
    assert np.std(found) == pytest.approx(QUANTILE_NOISE, rel=0.4, abs=0)


@pytest.mark.parametrize("best_fit_sigma", [-1.0, 0.0, 2.5])
def test_calibrated_intervals_cover_between_the_nodes_too(best_fit_sigma):
    # 90 +- 1 % is asked for: 0.21 % from the quantile, 0.13 % from 50 000 independent toys.
    scan = gaussian_scan(best_fit_sigma)
    thresholds = calibrated_threshold(scan, 0.9)
    for x_sigma in (0.0, 0.15, 0.6, 1.2, 2.0, 3.0):
        found = coverage(scan, x_sigma * SIGMA_MUB2, thresholds, 50_000, 999)
        assert found.fraction == pytest.approx(0.9, abs=0.01)
        assert found.error == pytest.approx(np.sqrt(0.09 / 50_000), rel=0.1, abs=0)


def test_the_asymptotic_threshold_covers_too_much_close_to_the_boundary():
    # P(q(0) <= 2.706) = 95 % for a best fit that cannot be negative; four sigma of 50 000 toys.
    found = coverage(gaussian_scan(0.0), 0.0, lambda _: 2.7055, 50_000, 7)
    assert found.fraction == pytest.approx(0.95, abs=4 * found.error)


def test_poisson_coverage_with_nuisances_that_are_profiled():
    # Twelve bins of 10 to 40 events, a background scale with a prior, a flux that floats by 5 %.
    E = np.linspace(0.0, 1.0, 12)
    background, signal = 10.0 + 30.0 * E, 1e23 * np.exp(-3.0 * E)
    counts = np.random.default_rng(3).poisson(background)
    scan = counting_scan(counts, background, signal, background_width=0.1, flux_width=0.05)
    thresholds = calibrated_threshold(scan, 0.9)
    for fraction in (0.0, 0.1, 0.45, 0.8, 1.3):
        x = fraction * thresholds.x_limit_muB2
        assert coverage(scan, x, thresholds, 50_000, 31).fraction == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("best_fit_sigma", [-1.0, 0.0, 1.0, 2.0, 3.0])
def test_intervals_of_feldman_and_cousins(best_fit_sigma):
    # Their construction in closed form (PRD 57 (1998) 3873, table X for 90 %). c is known to 0.034 at a node, and to
    # 0.1 where its kink at 1.645 sigma falls between two: 0.03 sigma in x.
    low, high = gaussian_interval(best_fit_sigma)
    found = feldman_cousins(gaussian_scan(best_fit_sigma), 0.9)
    assert found.upper_muB2 / SIGMA_MUB2 == pytest.approx(high, abs=0.04)
    if low is None:
        assert found.lower_muB2 is None
    else:
        assert found.lower_muB2 / SIGMA_MUB2 == pytest.approx(low, abs=0.04)


def test_the_closed_form_is_that_of_the_paper():
    # The values their table has at x_0 = 0, 1 and 2: 1.64, 2.64, 3.64, and (0.58, 3.64) for the last.
    assert [round(gaussian_interval(x)[1], 2) for x in (0.0, 1.0, 2.0)] == [1.64, 2.64, 3.64]
    assert gaussian_interval(1.0)[0] is None
    assert gaussian_interval(2.0)[0] == pytest.approx(0.58, abs=0.01)


def test_an_interval_is_the_same_for_the_same_seed():
    scan = gaussian_scan(1.0)
    assert feldman_cousins(scan, 0.9, 500, 3) == feldman_cousins(scan, 0.9, 500, 3)
    assert feldman_cousins(scan, 0.9, 500, 3) != feldman_cousins(scan, 0.9, 500, 4)


def test_where_nothing_is_excluded():
    scan = gaussian_scan(1.0)
    nothing = SignalScan(scan.observation, scan.nuisances, scan.constant, 0.0 * scan.slope)
    assert (feldman_cousins(nothing, 0.9).lower_muB2, feldman_cousins(nothing, 0.9).upper_muB2) == (None, inf)
    # a flux that may vanish at one sigma: 2.706 is never reached
    loose = counting_scan([100.0], [100.0], background_width=0.01, flux_width=1.0)
    assert feldman_cousins(loose, 0.9).upper_muB2 == inf


def test_a_table_cannot_be_calibrated():
    table = SignalScan(
        Observation.tabulated(np.array([[0.0, 1.0, 2.0]]), 0.5),
        Nuisances.independent(("flux",), np.ones(1), np.zeros(1), np.zeros(1), np.ones(1)),
        np.zeros((1, 1)),
        np.ones((1, 1)),
    )
    with pytest.raises(DomainError, match="no toys"):
        feldman_cousins(table, 0.9)
