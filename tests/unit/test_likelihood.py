"""The profile likelihood: closed forms, an independent minimiser, boundaries, thresholds, favoured regions."""

from dataclasses import replace
from math import inf, log, sqrt

import numpy as np
import pytest
from scipy import optimize, stats

from nudipole.errors import ConvergenceError, DomainError
from nudipole.likelihood import scan as scan_module
from nudipole.likelihood.cost import poisson_cost
from nudipole.likelihood.intervals import (
    IntervalKind,
    limit_statistic,
    region_statistic,
    region_threshold,
    threshold,
)
from nudipole.likelihood.profile import minimise, workspace
from nudipole.likelihood.region import global_minimum, minima, region_pieces
from nudipole.likelihood.scan import Nuisances, Observation, SignalScan

# ---- the minimiser


def value(theta, counts, columns, center, inverse_variance):
    """-2 ln L written out again."""
    model = theta @ columns
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(counts > 0, model - counts + counts * np.log(counts / model), model)
    return 2 * terms.sum() + ((theta - center) ** 2 * inverse_variance).sum()


def random_problem(seed):
    """Columns over four decades, bins without events, free and constrained scales."""
    rng = np.random.default_rng(seed)
    bins, k = int(rng.integers(2, 30)), int(rng.integers(1, 7))
    columns = rng.gamma(1.0, 1.0, (k, bins)) * 10.0 ** rng.uniform(-2, 2, (k, 1))
    columns[0] += 0.1
    counts = rng.poisson(10.0 ** rng.uniform(-1, 2.5) * rng.random(bins)).astype(float)
    counts[int(rng.integers(bins))] = 0.0
    width = np.where(rng.random(k) < 0.4, inf, 10.0 ** rng.uniform(-2, 0.5, k))
    return counts, columns, np.ones(k), 1.0 / width**2


def solve(counts, columns, center, inverse_variance, fixed=None, start=None):
    k, bins = columns.shape
    p = np.append(np.ones(k) if start is None else start, 0.0)
    fixed = np.zeros(k, dtype=bool) if fixed is None else np.array(fixed)
    priors = (center, np.diag(inverse_variance), np.zeros(k), fixed)
    problem = (Observation.poisson(counts).kernel, columns, np.zeros_like(columns), priors)
    chi2, converged = minimise(*problem, p, False, False, workspace(k, bins))
    assert converged
    return chi2, p[:k]


@pytest.mark.parametrize("seed", range(40))
def test_minimum_is_that_of_scipy(seed):
    # L-BFGS-B stops at 1e-12 of -2 ln L at best; ours must not lie above it by more, nor be below what is possible.
    problem = random_problem(seed)
    counts, columns, center, inverse_variance = problem
    chi2, theta = solve(*problem)
    assert chi2 == pytest.approx(value(theta, *problem), rel=1e-12, abs=1e-12)

    def gradient(t):
        ratio = counts / np.maximum(t @ columns, 1e-300)
        return 2 * columns @ (1 - ratio) + 2 * (t - center) * inverse_variance

    best = inf
    for start in (np.ones(len(center)), np.maximum(theta, 1e-3)):
        found = optimize.minimize(
            value, start, problem, jac=lambda t, *_: gradient(t), method="L-BFGS-B",
            bounds=[(1e-12, None)] * len(center), options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 5000},
        )  # fmt: skip
        best = min(best, found.fun)
    assert chi2 == pytest.approx(best, rel=1e-7, abs=1e-6)
    assert chi2 < best + 1e-8 * max(best, 1.0)


def test_some_of_the_random_problems_sit_on_a_bound():
    at_bound = sum(bool((solve(*random_problem(seed))[1] == 0.0).any()) for seed in range(40))
    assert 10 < at_bound < 40


def test_extreme_problems_converge_to_a_stationary_point():
    # Columns over eight decades, nearly alike; Karush-Kuhn-Tucker to a Newton decrement of 1e-8.
    rng = np.random.default_rng(11)
    for _ in range(500):
        bins, k = int(rng.integers(1, 30)), int(rng.integers(1, 8))
        columns = rng.gamma(0.5, 1.0, (k, bins)) * 10.0 ** rng.uniform(-4, 4, (k, 1))
        columns[0] += 1e-2
        counts = rng.poisson(10.0 ** rng.uniform(-1, 3) * rng.random(bins)).astype(float)
        inverse_variance = 1.0 / np.where(rng.random(k) < 0.3, inf, 10.0 ** rng.uniform(-2.5, 0.5, k)) ** 2
        _, theta = solve(counts, columns, np.ones(k), inverse_variance)
        model = theta @ columns
        ratio = np.divide(counts, model, out=np.zeros(bins), where=counts > 0)
        gradient = 2 * columns @ (1 - ratio) + 2 * (theta - 1) * inverse_variance
        weight = np.divide(ratio, model, out=np.zeros(bins), where=counts > 0)
        curvature = 2 * columns**2 @ weight + 2 * inverse_variance
        free = ((theta > 0) | (gradient < 0)) & (curvature > 0)
        assert (gradient[free] ** 2 / curvature[free] < 1e-8).all()


def test_one_bin_in_closed_form():
    # Free scale: theta = d/A. With a prior of width w: A theta^2/w^2 ... the root of a quadratic.
    counts, columns = np.array([7.0]), np.array([[2.0]])
    chi2, theta = solve(counts, columns, np.ones(1), np.zeros(1))
    assert (chi2, theta[0]) == (pytest.approx(0.0, abs=1e-12), pytest.approx(3.5, rel=1e-7, abs=0))
    w = 0.3
    # 2 (A - d/theta) + 2 (theta - 1)/w^2 = 0
    b = 2.0 * w**2 - 1.0
    expected = 0.5 * (-b + sqrt(b * b + 4.0 * 7.0 * w**2))
    _, theta = solve(counts, columns, np.ones(1), np.array([w**-2]))
    assert theta[0] == pytest.approx(expected, rel=1e-6, abs=0)


def test_no_events_at_all():
    # Linear in theta: a free scale goes to its bound, one with a prior to 1 - A w^2.
    chi2, theta = solve(np.zeros(3), np.ones((1, 3)), np.ones(1), np.zeros(1))
    assert (chi2, theta[0]) == (0.0, 0.0)
    chi2, theta = solve(np.zeros(2), np.array([[1.0, 1.0]]), np.ones(1), np.array([1 / 0.3**2]))
    assert theta[0] == pytest.approx(1.0 - 2.0 * 0.09, rel=1e-6, abs=0)
    assert chi2 == pytest.approx(2 * 2 * theta[0] + 0.18**2 / 0.09, rel=1e-9, abs=0)


def test_chi2_of_impossible_and_of_perfect_models():
    counts = np.array([3.0, 0.0])
    assert poisson_cost(counts, np.array([0.0, 1.0])) == inf
    assert poisson_cost(counts, np.array([3.0, -1e-9])) == inf
    assert poisson_cost(counts, np.array([3.0, 0.0])) == 0.0
    assert poisson_cost(counts, np.array([3.0, 2.5])) == 5.0
    # next to the data the terms of order 1e8 cancel: (m - d)^2/m - ... to 1e-8 of itself, not to rounding of 1e8
    many = np.array([1e8])
    assert poisson_cost(many, many + 10.0) == pytest.approx(1e2 / 1e8 * (1 - 2 / 3 * 1e-7), rel=1e-8, abs=0)


def test_many_events_are_gaussian():
    # chi2 -> sum (d - m)^2/m; third-order terms are 1/sqrt(1e8) of it.
    rng = np.random.default_rng(3)
    model = np.full(20, 1e8)
    counts = rng.poisson(model).astype(float)
    assert poisson_cost(counts, model) == pytest.approx(((counts - model) ** 2 / model).sum(), rel=1e-3, abs=0)
    # and the profile over a common scale is that of least squares
    chi2, theta = solve(counts, model[None, :], np.ones(1), np.array([1 / 1e-4**2]))
    pull = (counts.sum() - model.sum()) / sqrt(model.sum())
    share = 1 / (1 + 1 / (model.sum() * 1e-8))
    assert theta[0] - 1 == pytest.approx(pull / sqrt(model.sum()) * share, rel=1e-3, abs=0)
    assert chi2 == pytest.approx(((counts - model) ** 2 / model).sum() - pull**2 * share, rel=1e-3, abs=0)


def test_fixed_scales_stay():
    counts, columns, center, inverse_variance = random_problem(5)
    fixed = np.arange(len(center)) % 2 == 0
    start = np.where(fixed, 0.7, 1.0)
    _, theta = solve(counts, columns, center, inverse_variance, fixed, start)
    assert (theta[fixed] == 0.7).all()
    everything, theta = solve(counts, columns, center, inverse_variance, np.ones(len(center), bool), start)
    assert (theta == start).all()
    assert everything == pytest.approx(value(start, counts, columns, center, inverse_variance), rel=1e-13, abs=0)


# ---- the scan over mu^2


def scan_of(counts, background, width, signal, signal_width):
    """Backgrounds (rows) with the given prior widths around 1, then signals; a signal of width zero is fixed."""
    background, signal = np.atleast_2d(np.array(background, float)), np.atleast_2d(np.array(signal, float))
    k = len(background) + len(signal)
    widths = np.append(width, signal_width)
    nuisances = Nuisances.independent(tuple(map(str, range(k))), np.ones(k), widths, np.zeros(k), np.ones(k))
    nothing = np.zeros_like
    return SignalScan(
        Observation.poisson(np.array(counts, float)), nuisances,
        np.vstack([background, nothing(signal)]), np.vstack([nothing(background), signal]),
    )  # fmt: skip


def known(counts, background, signal=(2.0,)):
    """A scan whose only background is known exactly (prior of 1e-9)."""
    return scan_of(counts, background, np.full(len(background), 1e-9), signal, 0.0)


def test_scan_of_one_bin_in_closed_form():
    # Known background: m = b + s x, best fit x = (d - b)/s, -2 ln L = 2 [m - d + d ln(d/m)]; roots by brentq to 1e-10.
    scan = known([9.0], [[4.0]])
    assert scan.best_fit.x_muB2 == pytest.approx(2.5, rel=1e-8, abs=0)
    assert scan.best_fit.chi2 == pytest.approx(0.0, abs=1e-9)

    def chi2(x):
        return 2 * (4 + 2 * x - 9 + 9 * log(9 / (4 + 2 * x)))

    for x in (0.0, 1.0, 30.0):
        assert scan.chi2(x) == pytest.approx(chi2(x), abs=1e-8)
        assert scan.derivative(x) == pytest.approx(2 * (1 - 9 / (4 + 2 * x)) * 2, abs=1e-7)
    low, high = (optimize.brentq(lambda x: chi2(x) - 2.0, *ends) for ends in ((0.0, 2.5), (2.5, 50.0)))
    assert scan.upper_crossing_muB2(2.0) == pytest.approx(high, rel=1e-7, abs=0)
    assert scan.lower_crossing_muB2(2.0) == pytest.approx(low, rel=1e-7, abs=0)
    assert scan.lower_crossing_muB2(chi2(0.0) + 0.1) is None
    assert scan.is_sensitive
    assert not replace(scan, slope=np.zeros((2, 1))).is_sensitive


def test_best_fit_on_the_boundary():
    # Fewer events than background: mu = 0; upper edge from the minimum over mu^2 >= 0.
    scan = known([2.0], [[4.0]])
    assert scan.best_fit.x_muB2 == 0.0
    assert scan.best_fit.chi2 == pytest.approx(2 * (4 - 2 + 2 * log(0.5)), abs=1e-8)
    assert scan.lower_crossing_muB2(scan.best_fit.chi2 + 1.0) is None
    edge = scan.upper_crossing_muB2(scan.best_fit.chi2 + 2.706)
    assert scan.chi2(edge) - scan.best_fit.chi2 == pytest.approx(2.706, abs=1e-8)
    # no events at all: -2 ln L = 2 s x, edge at 2.706/(2 s)
    empty = known([0.0], [[4.0]])
    assert empty.upper_crossing_muB2(empty.best_fit.chi2 + 2.706) == pytest.approx(2.706 / 4.0, rel=1e-7, abs=0)


def test_bins_without_background():
    # The signal alone makes the events of the second bin: infinite at mu = 0, and the slope of an empty bin is finite.
    scan = known([4.0, 0.0], [[4.0, 0.0]], signal=(1.0, 2.0))
    assert scan.best_fit.x_muB2 == 0.0
    assert scan.derivative(0.0) == pytest.approx(2 * (1 * (1 - 1) + 2.0), abs=1e-8)


def test_free_background_is_profiled():
    # Two bins, free background in both, signal in the second: the profile at x is known from d ln L/d theta = 0.
    scan = scan_of([50.0, 70.0], [50.0, 50.0], inf, [0.0, 10.0], 0.0)
    assert scan.best_fit.x_muB2 == pytest.approx(2.0, rel=1e-6, abs=0)
    assert scan.fits(np.array([scan.best_fit.x_muB2])).nuisances[0, 0] == pytest.approx(1.0, rel=1e-6, abs=0)
    grid = np.linspace(0.5, 1.6, 200_001)
    second = 50 * grid + 40
    by_hand = np.min(2 * (50 * grid - 50 - 50 * np.log(grid) + second - 70 + 70 * np.log(70 / second)))
    assert scan.chi2(4.0) == pytest.approx(by_hand, abs=1e-8)
    np.testing.assert_allclose(scan.expected(4.0, np.array([1.0, 1.0])), [50.0, 90.0])


def test_flux_nuisance_in_the_gaussian_limit():
    # Signal scale with width w: the error on x adds in quadrature, up to terms of order n w (5 %).
    w = 0.02
    scan = scan_of([1.1e6], [1e6], 1e-9, [1e5], w)
    upper = sqrt(1.1e6) / 1e5
    for level in (1.0, 2.706):
        step = scan.upper_crossing_muB2(level) - 1.0
        n = sqrt(level)
        assert step == pytest.approx(n * sqrt(upper**2 + w**2), rel=0.05, abs=0)
    assert scan.upper_crossing_muB2(1 / w**2 + 10_000.0) == inf


def test_a_profile_that_fails_is_an_error(monkeypatch):
    # The kernel says it did not converge: no number is returned.
    scan = known([9.0], [[4.0]])

    def failing(x, *_):
        return np.zeros(len(x)), np.zeros((len(x), 2)), np.zeros(len(x), dtype=bool)

    monkeypatch.setattr(scan_module, "profile_many", failing)
    with pytest.raises(ConvergenceError, match="did not converge at mu = 2 mu_B"):
        scan.chi2(4.0)


# ---- thresholds


@pytest.mark.parametrize("level", [0.6827, 0.9, 0.95, 0.9973])
def test_thresholds_are_quantiles(level):
    # The same quantiles by another routine: 1e-12.
    assert threshold(level, IntervalKind.TWO_SIDED) == pytest.approx(stats.chi2.ppf(level, 1), rel=1e-12, abs=0)
    assert threshold(level, IntervalKind.ONE_SIDED) == pytest.approx(stats.norm.ppf(level) ** 2, rel=1e-12, abs=0)
    assert region_threshold(level) == pytest.approx(stats.chi2.ppf(level, 2), rel=1e-12, abs=0)
    assert region_threshold(level) == pytest.approx(-2 * log(1 - level), rel=1e-11, abs=0)


def test_thresholds_at_ninety_per_cent_and_their_words():
    assert round(threshold(0.9, IntervalKind.TWO_SIDED), 3) == 2.706
    assert round(threshold(0.9, IntervalKind.ONE_SIDED), 3) == 1.642
    assert "two-sided, Delta(-2lnL)=2.706" in limit_statistic(0.9, IntervalKind.TWO_SIDED)
    assert "one-sided, Delta(-2lnL)=1.642" in limit_statistic(0.9, IntervalKind.ONE_SIDED)
    assert "2 parameters, Delta(-2lnL)=4.605" in region_statistic(0.9)
    assert [kind.has_lower_edge for kind in IntervalKind] == [True, False, True, False]
    assert round(threshold(0.9, IntervalKind.TWO_SIDED, parameters=2), 3) == 4.605
    assert "two-sided, 2 parameters, Delta(-2lnL)=4.605" in limit_statistic(0.9, IntervalKind.TWO_SIDED, 2)
    assert limit_statistic(0.9, IntervalKind.CLS) == "CLs, asymptotic qtilde, CLs=0.1"
    assert "Feldman-Cousins" in limit_statistic(0.9, IntervalKind.FELDMAN_COUSINS)


@pytest.mark.parametrize("level", [0.5, 1.0, -1.0, 2.0, float("nan")])
def test_levels_that_are_none(level):
    for function in (region_threshold, lambda x: threshold(x, IntervalKind.TWO_SIDED)):
        with pytest.raises(DomainError, match=r"confidence_level must lie between 0\.5 and 1, got"):
            function(level)


@pytest.mark.parametrize("kind", [IntervalKind.FELDMAN_COUSINS, IntervalKind.CLS])
def test_thresholds_that_depend_on_the_moment(kind):
    with pytest.raises(DomainError, match="has no fixed Delta"):
        threshold(0.9, kind)


@pytest.mark.parametrize(("kind", "parameters"), [(IntervalKind.ONE_SIDED, 2), (IntervalKind.TWO_SIDED, 3)])
def test_numbers_of_parameters_that_are_none(kind, parameters):
    with pytest.raises(DomainError, match="parameters must be 1, or 2 for a two-sided interval"):
        threshold(0.9, kind, parameters)


# ---- regions


def synthetic(strength, centers=(0.0,), height=25.0):
    """scan_at for two bins with 1e8 events, an excess of sqrt(height) sigma in the first and none in the second.

    The signal is (1, D) with D the distance of ln M to the nearest center, so the best fit gets worse away from it.
    """

    def scan_at(M):
        distance = min(abs(log(M) - center) for center in centers)
        counts = [1e8 + 1e4 * sqrt(height), 1e8]
        return scan_of(counts, [1e8, 1e8], 1e-9, [strength, strength * distance], 0.0)

    return scan_at


def analytic_minimum(distance, height=25.0):
    """Least squares of a = (sqrt(height), 0) on the direction (1, distance)."""
    return height * distance**2 / (1 + distance**2)


def test_minimum_over_the_plane():
    scan_at, masses = synthetic(1e4), np.exp(np.linspace(-2.03, 1.97, 41))
    chi2 = minima(scan_at, masses)
    # 1e8 events: Gaussian to 1e-4 sigma
    np.testing.assert_allclose(chi2, analytic_minimum(np.abs(np.log(masses))), atol=0.05)
    # the grid has no point at M = 1, the refinement finds it
    assert chi2.min() > 0.01
    assert global_minimum(scan_at, masses, chi2) == pytest.approx(0.0, abs=1e-4)


def test_region_is_the_contour():
    # (u - 1)^2 + u^2 D^2 = L/25 with u = x s/(1e4*5) and D = ln M: closes at D^2/(1 + D^2) = L/25. Non-Gaussian
    # corrections of 1e8 events: 1e-4 of sigma, 1e-2 in the edges next to the tips.
    scan_at, masses, level = synthetic(1e4), np.exp(np.linspace(-2.0, 2.0, 41)), 5.0
    (piece,) = region_pieces(scan_at, masses, minima(scan_at, masses), level)
    tip = sqrt(level / 25 / (1 - level / 25))
    assert [log(piece.M_N_MeV[0]), log(piece.M_N_MeV[-1])] == pytest.approx([-tip, tip], rel=1e-2, abs=0)
    assert piece.mu_low_muB[0] == piece.mu_high_muB[0]
    assert piece.mu_low_muB[-1] == piece.mu_high_muB[-1]
    D = np.log(piece.M_N_MeV[1:-1])
    root = np.sqrt(1 - (1 + D**2) * (1 - level / 25))
    np.testing.assert_allclose(piece.mu_low_muB[1:-1] ** 2 / 5.0, (1 - root) / (1 + D**2), rtol=2e-2)
    np.testing.assert_allclose(piece.mu_high_muB[1:-1] ** 2 / 5.0, (1 + root) / (1 + D**2), rtol=2e-2)
    for M, low, high in zip(piece.M_N_MeV[1:-1], piece.mu_low_muB[1:-1], piece.mu_high_muB[1:-1], strict=True):
        for mu in (low, high):
            assert scan_at(M).chi2(mu**2) == pytest.approx(level, abs=1e-6)


def test_two_pieces_and_pieces_at_the_edge_of_the_grid():
    masses = np.exp(np.linspace(-3.0, 3.0, 61))
    scan_at = synthetic(1e4, centers=(-1.5, 1.5))
    pieces = region_pieces(scan_at, masses, minima(scan_at, masses), 5.0)
    assert [np.sign(np.log(piece.M_N_MeV)).sum() / len(piece.M_N_MeV) for piece in pieces] == [-1.0, 1.0]
    # a region cut off by the grid stays open there: no tip
    scan_at = synthetic(1e4, centers=(-3.0, 3.0))
    first, last = region_pieces(scan_at, masses, minima(scan_at, masses), 5.0)
    assert first.M_N_MeV[0] == masses[0]
    assert first.mu_low_muB[0] < first.mu_high_muB[0]
    assert last.M_N_MeV[-1] == masses[-1]
    assert first.mu_low_muB[-1] == first.mu_high_muB[-1]


def test_nothing_is_favoured_where_no_signal_will_do():
    scan_at, masses = synthetic(1e4, height=4.0), np.exp(np.linspace(-1.0, 1.0, 11))
    chi2 = minima(scan_at, masses)
    assert len(region_pieces(scan_at, masses, chi2, 3.9)) == 1
    assert region_pieces(scan_at, masses, chi2, 4.1) == []


def test_masses_without_signal_count_as_no_signal():
    def scan_at(M):
        scan = synthetic(1e4)(1.0)
        return scan if M < 2.0 else replace(scan, slope=np.zeros((2, 2)))

    masses = np.array([0.5, 1.0, 3.0, 10.0])
    np.testing.assert_allclose(minima(scan_at, masses), [0.0, 0.0, 25.0, 25.0], atol=0.1)
