"""CL_s: one bin in closed form, Gaussian data, the Asimov set, power constraints, expected limits."""

from math import inf, log, sqrt

import numpy as np
import pytest
from likelihood_scans import SIGMA_MUB2, counting_scan, gaussian_scan
from scipy import optimize, stats

from nudipole.errors import DomainError
from nudipole.likelihood.cls import asimov, cls_limits, cls_value, expected_limits, power_constrained
from nudipole.likelihood.intervals import IntervalKind
from nudipole.likelihood.scan import Nuisances, Observation, SignalScan

PHI = stats.norm.cdf


def one_bin_limit(n, b, alpha=0.1):
    """Upper limit on the signal events of one bin with known background, from the formulae alone."""

    def chi2(s, events):
        return 2.0 * (s + b - events + (events * log(events / (s + b)) if events > 0 else 0.0))

    def excess(s):
        best = max(n - b, 0.0)
        q = chi2(s, n) - chi2(best, n) if best < s else 0.0
        q_asimov = chi2(s, b) - chi2(0.0, b)
        if q <= q_asimov:
            clsb, clb = 1 - PHI(sqrt(q)), 1 - PHI(sqrt(q) - sqrt(q_asimov))
        else:
            clsb, clb = (1 - PHI((q + sign * q_asimov) / (2 * sqrt(q_asimov))) for sign in (1, -1))
        return clsb / clb - alpha

    return optimize.brentq(excess, max(n - b, 0.0) + 1e-3, 100.0, xtol=1e-12)


@pytest.mark.parametrize("b", [1.5, 20.0])
@pytest.mark.parametrize("n", [0, 1, 3, 15, 30])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_one_bin_with_a_known_background(n, b, level):
    # Roots to 1e-9 of -2 ln L to 1e-10.
    found = cls_limits(counting_scan(n, b), level)
    assert 1e22 * found.observed_muB2 == pytest.approx(one_bin_limit(n, b, 1 - level), rel=1e-7, abs=0)


def test_expected_limits_of_one_bin_in_closed_form():
    # sqrt(q_A) = z(1 - alpha Phi(N)) + N with q_A = 2 [s - b ln(1 + s/b)].
    b = 20.0
    found = cls_limits(counting_scan(25.0, b), 0.9).expected_muB2
    for N, limit in zip((-2, -1, 0, 1, 2), found, strict=True):
        root = stats.norm.ppf(1 - 0.1 * PHI(N)) + N
        s = optimize.brentq(lambda s, aim=root**2: 2 * (s - b * log(1 + s / b)) - aim, 1e-6, 100.0, xtol=1e-12)
        assert 1e22 * limit == pytest.approx(s, rel=1e-7, abs=0)


@pytest.mark.parametrize("best_fit_sigma", [-2.0, -0.5, 0.0, 1.0, 6.0])
def test_gaussian_limits_in_closed_form(best_fit_sigma):
    # A parabola: CL_s = Phi(x_hat - x)/Phi(x_hat), also for x_hat < 0, where qtilde is no parabola. 1e-8: the roots.
    found = cls_limits(gaussian_scan(best_fit_sigma), 0.9)
    expected = best_fit_sigma + stats.norm.ppf(1.0 - 0.1 * PHI(best_fit_sigma))
    assert found.observed_muB2 / SIGMA_MUB2 == pytest.approx(expected, rel=1e-7, abs=0)
    band = [N + stats.norm.ppf(1.0 - 0.1 * PHI(N)) for N in (-2, -1, 0, 1, 2)]
    np.testing.assert_allclose(found.expected_muB2 / SIGMA_MUB2, band, rtol=1e-7)
    # never below the one-sided limit, and the same far from the boundary
    scan = gaussian_scan(best_fit_sigma)
    one_sided = scan.upper_crossing_muB2(scan.best_fit.chi2 + stats.norm.ppf(0.9) ** 2) / SIGMA_MUB2
    assert expected > one_sided - 1e-9
    if best_fit_sigma == 6.0:
        assert expected == pytest.approx(one_sided, rel=1e-8, abs=0)


def test_cls_is_continuous_where_its_two_forms_meet():
    assert cls_value(2.0 - 1e-12, 2.0) == pytest.approx(cls_value(2.0 + 1e-12, 2.0), rel=1e-9, abs=0)
    assert cls_value(0.0, 4.0) == pytest.approx(0.5 / PHI(2.0), rel=1e-12, abs=0)


def test_asimov_data_are_fitted_perfectly_without_signal():
    # Counts and centres are those of the background-only fit, so nothing pulls: zero to the accuracy of -2 ln L.
    E = np.linspace(0.0, 1.0, 8)
    scan = counting_scan(
        np.random.default_rng(1).poisson(12 + 10 * E),
        10 + 10 * E,
        1e22 * np.exp(-E),
        background_width=0.1,
        flux_width=0.05,
    )
    theta = scan.fits(np.zeros(1)).nuisances[0]
    perfect = asimov(scan)
    assert theta[0] != pytest.approx(1.0, abs=1e-2)
    assert perfect.best_fit.chi2 == pytest.approx(0.0, abs=1e-9)
    assert perfect.best_fit.x_muB2 == pytest.approx(0.0, abs=1e-5 * perfect.natural_x_muB2)
    np.testing.assert_allclose(perfect.nuisances.center, theta)
    np.testing.assert_allclose(perfect.observation.counts, scan.expected(0.0, theta))
    # with the centres left where they were the background would still pull, by far more than that accuracy
    pulled = SignalScan(perfect.observation, scan.nuisances, scan.constant, scan.slope)
    assert pulled.best_fit.chi2 > 1e-3


def test_power_constraint():
    # A deep fluctuation downwards: the limit stays at the expectation for one sigma. Upwards nothing happens.
    low, high = cls_limits(gaussian_scan(-3.0), 0.9), cls_limits(gaussian_scan(1.0), 0.9)
    assert low.power_constrained_muB2 == low.expected_muB2[1] > low.observed_muB2
    assert high.power_constrained_muB2 == high.observed_muB2
    assert power_constrained(1.0, 2.0) == 2.0


@pytest.mark.parametrize(("kind", "rise"), [(IntervalKind.TWO_SIDED, 2.7055), (IntervalKind.ONE_SIDED, 1.6424)])
def test_expected_limits_of_a_threshold(kind, rise):
    # Of a parabola: x_hat + sqrt(rise) or, for x_hat < 0, x_hat + sqrt(x_hat^2 + rise), at x_hat = N. The quantile of
    # 20 000 toys at two sigma is known to 0.02 sigma; the Asimov set is exact.
    scan = gaussian_scan(2.0)
    found = expected_limits(scan, 0.9, kind, 20_000, 1)
    assert found.median_muB2 / SIGMA_MUB2 == pytest.approx(sqrt(rise), rel=1e-4, abs=0)
    N = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    expected = N + np.sqrt(np.where(N < 0.0, N**2, 0.0) + rise)
    np.testing.assert_allclose(found.band_muB2 / SIGMA_MUB2, expected, rtol=0, atol=0.06)
    assert len(expected_limits(scan, 0.9, kind, 0, 1).band_muB2) == 0


def test_limits_that_do_not_exist():
    scan = gaussian_scan(0.0)
    nothing = SignalScan(scan.observation, scan.nuisances, scan.constant, 0.0 * scan.slope)
    assert cls_limits(nothing, 0.9).observed_muB2 == inf
    assert expected_limits(nothing, 0.9, IntervalKind.TWO_SIDED, 10, 1).median_muB2 == inf
    loose = counting_scan([100.0], [100.0], background_width=0.01, flux_width=1.0)
    assert cls_limits(loose, 0.9).observed_muB2 == inf
    table = SignalScan(
        Observation.tabulated(np.array([[0.0, 1.0, 2.0]]), 0.5),
        Nuisances.independent(("flux",), np.ones(1), np.zeros(1), np.zeros(1), np.ones(1)),
        np.zeros((1, 1)),
        np.ones((1, 1)),
    )
    with pytest.raises(DomainError, match="tabulated"):
        cls_limits(table, 0.9)
    with pytest.raises(DomainError, match=r"between 0\.5 and 1, got 0\.4"):
        cls_limits(scan, 0.4)
