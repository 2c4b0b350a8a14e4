"""The likelihood engine beside brute force: three costs, shapes that go negative, correlated priors, unbinned data."""

from dataclasses import replace
from math import inf, sqrt

import numpy as np
import pytest
from likelihood_scans import sparse_scan
from scipy import integrate, optimize
from scipy.interpolate import CubicSpline

from nudipole.errors import ConvergenceError, DomainError
from nudipole.likelihood.cost import Cost, cost_derivatives, total_cost
from nudipole.likelihood.scan import Nuisances, Observation, SignalScan

KINDS = list(Cost)


def nuisances_of(center, width, lower, start=None):
    center = np.array(center, float)
    names = tuple(f"n{j}" for j in range(len(center)))
    return Nuisances.independent(
        names,
        center,
        np.array(width, float),
        np.array(lower, float),
        center if start is None else np.array(start, float),
    )


def poisson_table(counts, background, top, nodes):
    """-2 ln L of counts over a known background, as a table against signal events."""
    s = np.linspace(0.0, top, nodes)
    model = s + background[:, None]
    d = counts[:, None]
    return 2.0 * (model - d + np.where(d > 0, d * np.log(np.maximum(d, 1e-300) / model), 0.0)), s[1]


def random_scan(kind, seed):
    """Two backgrounds, a derivative template centred on 0, two fluxes (one with a weak rate), correlated priors."""
    rng = np.random.default_rng(seed)
    bins = 12
    E = np.linspace(0.0, 1.0, bins)
    b1, b2 = 30.0 * np.exp(-E) + 3.0, 20.0 * np.exp(-0.5 * ((E - 0.5) / 0.15) ** 2) + 1.0
    constant = np.stack([b1, b2, 3.0 * np.gradient(b2), 5.0 * np.exp(-2 * E), np.zeros(bins)])
    slope = np.zeros((5, bins))
    slope[3], slope[4] = 6e22 * np.exp(-3 * E), 3e22 * np.exp(-E / 0.7)
    if kind is Cost.TABULATED:
        constant[:] = 0.0
    nuisances = nuisances_of([1, 1, 0, 1, 1], [0.1, inf, 1.0, 0.05, 0.2], [0, 0, -inf, 0, 0])
    nuisances = nuisances.correlated(("n3", "n4"), np.array([[1.0, -0.6], [-0.6, 1.0]]))
    if kind is not Cost.TABULATED:
        # what pulls the shape to -1.2 sigma, so that theta < 0 at the minimum
        truth = np.array([1.05, 0.9, -1.2, 1.0, 1.0]) @ (constant + 5e-22 * rng.random() * slope)
    if kind is Cost.POISSON:
        observation = Observation.poisson(rng.poisson(truth).astype(float))
    elif kind is Cost.GAUSSIAN:
        observation = Observation.gaussian(truth + np.sqrt(truth) * rng.normal(size=bins) - 4.0, truth)
    else:
        background = 2.0 + rng.random(bins)
        observation = Observation.tabulated(
            *poisson_table(rng.poisson(background + 0.5).astype(float), background, 8, 81)
        )
    return SignalScan(observation, nuisances, constant, slope)


def written_out(scan, x, theta):
    """-2 ln L with nothing of the kernels."""
    seen, n = scan.observation, scan.nuisances
    m = theta @ (scan.constant + x * scan.slope)
    if seen.kind is Cost.POISSON:
        if (m < 0).any() or (m[seen.counts > 0] == 0).any():
            return inf
        d = seen.counts
        total = 2.0 * (m - d + np.where(d > 0, d * np.log(np.maximum(d, 1e-300) / np.maximum(m, 1e-300)), 0.0)).sum()
    elif seen.kind is Cost.GAUSSIAN:
        total = ((m - seen.counts) ** 2 / seen.variance).sum()
    else:
        nodes = seen.table_step * np.arange(seen.table.shape[1])
        total = 0.0
        for row, events in zip(seen.table, m, strict=True):
            spline = CubicSpline(nodes, row)
            end = min(max(events, 0.0), nodes[-1])
            total += float(spline(end) + spline(end, 1) * (events - end))
    shift = theta - n.center
    return total + shift @ n.precision @ shift


def brute_force(scan, x, guess):
    """Nelder-Mead and Powell from a disturbed guess, polished by each other: no derivatives, nothing shared."""
    n, rng = scan.nuisances, np.random.default_rng(0)
    low = np.where(np.isfinite(n.lower), n.lower, -20.0)
    bounds = list(zip(low, np.full(len(low), 20.0), strict=True))
    best = np.clip(guess + 0.05 * rng.normal(size=len(guess)), low, 20.0)
    value = inf
    for _ in range(6):
        for method, options in (
            ("Nelder-Mead", {"xatol": 1e-10, "fatol": 1e-12, "maxiter": 40_000, "maxfev": 40_000, "adaptive": True}),
            ("Powell", {"xtol": 1e-12, "ftol": 1e-15}),
        ):
            found = optimize.minimize(
                lambda t: written_out(scan, x, t), best, method=method, bounds=bounds, options=options
            )
            if found.fun < value:
                best, value = found.x, found.fun
    return value, best


# ---- the minimum


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2])
def test_profile_is_the_brute_force_minimum(kind, seed):
    # The simplex ends within 1e-7 of the minimum of -2 ln L; ours must be as low, and what it claims at its theta.
    scan = random_scan(kind, seed)
    for x in (0.0, 3e-22):
        fit = scan.fits(np.array([x]))
        assert fit.chi2[0] == pytest.approx(written_out(scan, x, fit.nuisances[0]), rel=1e-10, abs=1e-9)
        value, theta = brute_force(scan, x, fit.nuisances[0])
        assert fit.chi2[0] == pytest.approx(value, abs=1e-6)
        assert fit.chi2[0] < value + 1e-9
        if kind is not Cost.TABULATED:
            np.testing.assert_allclose(fit.nuisances[0], theta, atol=2e-3)


def test_the_shape_is_negative_where_the_data_ask_for_it():
    for seed in (1, 2):
        assert random_scan(Cost.GAUSSIAN, seed).best_fit.nuisances[2] < -0.3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_best_fit_is_the_lowest_point_of_the_profile(kind, seed):
    # The joint minimum beside a bracketing search over x through profiles alone: equal to its accuracy of sqrt(eps).
    scan = random_scan(kind, seed)
    found = optimize.minimize_scalar(
        lambda u: scan.chi2(u * 1e-22), bounds=(0.0, 60.0), method="bounded", options={"xatol": 1e-10}
    )
    best = scan.best_fit
    assert best.chi2 == pytest.approx(min(found.fun, scan.null_chi2), abs=1e-7)
    assert best.chi2 <= found.fun + 1e-9
    assert best.chi2 == pytest.approx(written_out(scan, best.x_muB2, best.nuisances), rel=1e-10, abs=1e-9)
    assert scan.chi2(best.x_muB2) == pytest.approx(best.chi2, abs=1e-8)
    if best.x_muB2 > 0.0:
        # the present root of the derivative, to 1e-8 of x (1e-10 in the derivative's units of 1/x)
        root = optimize.brentq(scan.derivative, 0.5 * best.x_muB2, 2.0 * best.x_muB2, xtol=1e-60, rtol=1e-12)
        assert best.x_muB2 == pytest.approx(root, rel=1e-8, abs=0)
    else:
        assert scan.derivative(0.0) >= 0.0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("rise", [1e-4, 2.706, 30.0])
def test_crossings_are_those_of_a_bracketing_search(kind, seed, rise):
    # 1e-9 of x is asked for; the noise of the profile (1e-11) over its slope allows 1e-8 where the rise is tiny.
    scan, rtol = random_scan(kind, seed), 1e-9 if rise > 1.0 else 1e-7
    best = scan.best_fit
    level = best.chi2 + rise
    if kind is Cost.TABULATED and not np.isfinite(scan.upper_crossing_muB2(level)):
        pytest.skip("the flux can be scaled away at this level")
    high = best.x_muB2 + 1e-23
    while scan.chi2(high) < level:
        high *= 2.0
    expected = optimize.brentq(lambda x: scan.chi2(x) - level, best.x_muB2, high, xtol=1e-60, rtol=1e-13)
    assert scan.upper_crossing_muB2(level) == pytest.approx(expected, rel=rtol, abs=0)
    low = scan.lower_crossing_muB2(level)
    if best.x_muB2 == 0.0 or scan.null_chi2 <= level:
        assert low is None
    else:
        expected = optimize.brentq(lambda x: scan.chi2(x) - level, 0.0, best.x_muB2, xtol=1e-60, rtol=1e-13)
        assert low == pytest.approx(expected, rel=rtol, abs=0)


@pytest.mark.parametrize("kind", KINDS)
def test_fits_do_not_depend_on_how_a_grid_is_cut(kind):
    # Each point starts from its neighbour; -2 ln L may feel that by 1e-8.
    scan, x = random_scan(kind, 3), np.concatenate([[0.0], np.geomspace(1e-26, 1e-14, 60)])
    together = scan.fits(x).chi2
    one_by_one = np.array([scan.chi2(v) for v in x])
    backwards = scan.fits(x[::-1]).chi2[::-1]
    np.testing.assert_allclose(one_by_one, together, rtol=1e-11, atol=1e-8)
    np.testing.assert_allclose(backwards, together, rtol=1e-11, atol=1e-8)


def test_level_must_exceed_the_minimum():
    scan = random_scan(Cost.POISSON, 1)
    with pytest.raises(DomainError, match="must exceed the minimum"):
        scan.upper_crossing_muB2(scan.best_fit.chi2)


# ---- costs


@pytest.mark.parametrize("kind", KINDS)
def test_derivatives_of_the_costs(kind):
    # Central differences of step 1e-4: 1e-7 in the first, 1e-5 in the second derivative (rounding over step^2).
    seen = random_scan(kind, 4).observation
    m, h = np.linspace(0.31, 7.3, seen.bins), 1e-4
    first, second = np.empty(seen.bins), np.empty(seen.bins)
    cost_derivatives(seen.kernel, m, first, second)
    for i in range(seen.bins):
        step = h * np.eye(seen.bins)[i]
        up, at, down = (total_cost(seen.kernel, m + sign * step) for sign in (1, 0, -1))
        assert first[i] == pytest.approx((up - down) / (2 * h), rel=1e-5, abs=1e-6)
        assert second[i] == pytest.approx(max((up - 2 * at + down) / h**2, 0.0), rel=1e-3, abs=1e-4)


def test_table_of_a_poisson_likelihood_is_that_likelihood():
    # Cubic interpolation of ln(b + s), steps of 0.02 with b = 2: the fourth derivative 12/b^4 h^4/384 ~ 4e-10 a bin.
    rng = np.random.default_rng(5)
    bins = 8
    background, signal = np.full(bins, 2.0), 1e22 * (1 + np.arange(bins))
    counts = rng.poisson(background + 1.0).astype(float)
    fluxes = nuisances_of([1.0], [0.1], [0.0])
    table = SignalScan(
        Observation.tabulated(*poisson_table(counts, background, 20.0, 1001)), fluxes, np.zeros((1, bins)), signal[None]
    )
    both = nuisances_of([1.0, 1.0], [0.0, 0.1], [0.0, 0.0])
    nothing = np.zeros(bins)
    direct = SignalScan(Observation.poisson(counts), both, np.stack([background, nothing]), np.stack([nothing, signal]))
    for x in (0.0, 1e-23, 5e-23, 2e-22):
        assert table.chi2(x) == pytest.approx(direct.chi2(x), abs=1e-7)
    level = direct.best_fit.chi2 + 2.706
    assert table.upper_crossing_muB2(level) == pytest.approx(direct.upper_crossing_muB2(level), rel=1e-7, abs=0)
    # beyond the table the cost is straight, with the slope of its end: 2 (1 - d/(b + s)) a bin
    end = total_cost(table.observation.kernel, np.full(bins, 20.0))
    slope = 2.0 * (1.0 - counts / 22.0).sum()
    assert total_cost(table.observation.kernel, np.full(bins, 25.0)) == pytest.approx(
        end + 5.0 * slope, rel=1e-6, abs=0
    )


def test_tables_have_continuous_slopes_and_may_be_concave():
    # A cosine is concave half of the time: the slope has no jump at a node, and descents still find the valley at pi.
    step = 0.05
    table = 4.0 * np.cos(step * np.arange(200))[None]
    kernel = Observation.tabulated(table, step).kernel
    first, second = np.empty(1), np.empty(1)
    slopes = []
    for m in (10 * step - 1e-9, 10 * step + 1e-9):
        cost_derivatives(kernel, np.array([m]), first, second)
        slopes.append(first[0])
        assert second[0] == 0.0
    assert slopes[0] == pytest.approx(slopes[1], abs=1e-7)
    scan = SignalScan(
        Observation.tabulated(table, step), nuisances_of([1.0], [0.0], [0.0]), np.zeros((1, 1)), np.full((1, 1), 1e22)
    )
    # the slope vanishes at the top, from where nothing falls; one step aside it does
    aside = replace(scan, constant=np.full((1, 1), 0.5))
    assert aside.best_fit.x_muB2 * 1e22 == pytest.approx(np.pi - 0.5, abs=1e-5)


def test_observations_that_are_none():
    with pytest.raises(DomainError, match="positive variance for every bin"):
        Observation.gaussian(np.ones(2), np.array([1.0, 0.0]))
    with pytest.raises(DomainError, match="counts that are not negative"):
        Observation.poisson(np.array([1.0, -2.0]))
    with pytest.raises(DomainError, match="two nodes or more"):
        Observation.tabulated(np.ones((3, 1)), 0.1)
    with pytest.raises(DomainError, match=r"must be \(nuisances, bins\) = \(1, 2\)"):
        SignalScan(Observation.poisson(np.ones(2)), nuisances_of([1], [1], [0]), np.ones((1, 3)), np.ones((1, 3)))


# ---- unbinned


def unbinned_and_binned(seed, bins):
    """The same events on [0, 10], flat and tilted background, soft signal: narrow bins with the rest, and many bins."""
    rng = np.random.default_rng(seed)
    width = 1e-6
    events = np.sort(np.concatenate([rng.uniform(0, 10, rng.poisson(60)), rng.exponential(1.5, 12)]))
    events = events[events < 10.0]
    densities = (lambda E: 6.0 + 0.0 * E, lambda E: 0.6 * (5.0 - E), lambda E: 8e21 * np.exp(-E / 1.5))
    edges = np.linspace(0.0, 10.0, bins + 1)
    narrow, wide = [], []
    for density in densities:
        total = integrate.quad(density, 0.0, 10.0, epsabs=0, epsrel=1e-12)[0] if density is not densities[1] else 0.0
        near = width * density(events)
        narrow.append(np.append(near, total - near.sum()))
        middle = 0.5 * (edges[1:] + edges[:-1])
        wide.append((edges[1] - edges[0]) * density(middle))
    nuisances = nuisances_of([1, 0, 1], [0.2, 0.5, 0.1], [0, -inf, 0])
    constant = np.array([[1.0], [1.0], [0.0]])
    seen = np.append(np.ones(len(events)), 0.0), np.histogram(events, edges)[0].astype(float)
    scans = []
    for counts, columns in zip(seen, (np.array(narrow), np.array(wide)), strict=True):
        scans.append(SignalScan(Observation.poisson(counts), nuisances, constant * columns, (1.0 - constant) * columns))
    return scans


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_unbinned_is_the_limit_of_fine_bins(seed):
    # 20 000 bins of 5e-4: events move by half a bin, 2.5e-4/1.5 of the signal's slope a piece, averaging to 2e-5.
    unbinned, binned = unbinned_and_binned(seed, 20_000)
    assert (unbinned.constant[1] < 0).any()
    limits = [scan.upper_crossing_muB2(scan.best_fit.chi2 + 2.706) for scan in (unbinned, binned)]
    assert limits[0] == pytest.approx(limits[1], rel=2e-4, abs=0)
    rises = [scan.chi2(4e-21) - scan.null_chi2 for scan in (unbinned, binned)]
    assert rises[0] == pytest.approx(rises[1], abs=5e-3)
    # coarse bins are another likelihood
    coarse = unbinned_and_binned(seed, 5)[1]
    assert abs(coarse.upper_crossing_muB2(coarse.best_fit.chi2 + 2.706) / limits[0] - 1) > 1e-3


def test_unbinned_is_the_extended_likelihood_written_out():
    # -2 ln L = 2 [N(x, theta) - sum ln density(E_i)] + priors, up to a constant; the bins of 1e-6 are 1e-6 wrong.
    scan, _ = unbinned_and_binned(1, 10)
    fits = scan.fits(np.array([0.0, 4e-21]))

    def extended(x, theta):
        density = theta @ (scan.constant + x * scan.slope)[:, :-1] / 1e-6
        total = (theta @ (scan.constant + x * scan.slope)).sum()
        return 2.0 * (total - np.log(density).sum()) + ((theta - [1, 0, 1]) ** 2 / [0.04, 0.25, 0.01]).sum()

    by_hand = [extended(x, theta) for x, theta in zip(fits.x_muB2, fits.nuisances, strict=True)]
    assert fits.chi2[1] - fits.chi2[0] == pytest.approx(by_hand[1] - by_hand[0], abs=1e-6)


# ---- few events


def test_empty_bins_at_their_edge_are_those_of_a_constrained_minimiser():
    # Where a shape empties a bin without events -2 ln L ends, at m = 0, with a slope. SLSQP with m >= 0 as constraints;
    # the barrier of 1e-10 events costs 2e-10 a bin. Some of the problems are of this kind, or nothing is tested.
    at_edge = 0
    for seed in range(40):
        scan = sparse_scan(seed)
        n, d, A = scan.nuisances, scan.observation.counts, scan.constant
        fit = scan.fits(np.zeros(1))
        model = fit.nuisances[0] @ A
        assert (model >= 0.0).all()
        if model[d == 0].min() > 1e-6:
            continue
        at_edge += 1

        def value(t, n=n, d=d, A=A):
            m = np.maximum(t @ A, 1e-300)
            poisson = 2.0 * (m.sum() - d.sum() + (d[d > 0] * np.log(d[d > 0] / m[d > 0])).sum())
            return poisson + (t - n.center) @ n.precision @ (t - n.center)

        assert fit.chi2[0] == pytest.approx(value(fit.nuisances[0]), abs=1e-8)
        found = [
            optimize.minimize(
                value, start, method="SLSQP", bounds=[(0, None), (0, None), (None, None), (0, None)],
                constraints=[{"type": "ineq", "fun": lambda t, A=A: t @ A}], options={"ftol": 1e-14, "maxiter": 300},
            )
            for start in (n.start, 0.9 * fit.nuisances[0] + 0.1 * n.start, 0.999 * fit.nuisances[0] + 0.001 * n.start)
        ]  # fmt: skip
        lowest = min(f.fun for f in found if (f.x @ A).min() > -1e-12)
        # of two feasible points the lower is the better minimum; SLSQP stops early now and then,
        # by 3e-3 at most here: the second line only says that it was at work
        assert fit.chi2[0] < lowest + 1e-8
        assert fit.chi2[0] == pytest.approx(lowest, abs=2e-2)
    assert at_edge > 8


def test_slopes_and_edges_of_the_interval_where_a_bin_is_empty():
    # The force that keeps m >= 0 is part of the slope: central differences of the profile, and of its crossing.
    seen = 0
    for seed in range(60):
        scan = sparse_scan(seed)
        x = 2e-23
        model = scan.fits(np.array([x])).nuisances[0] @ (scan.constant + x * scan.slope)
        if model[scan.observation.counts == 0].min() > 1e-6:
            continue
        seen += 1
        h = 1e-3 * x
        # 1e-9 in -2 ln L over 2 h is 1e17 in the difference, of 1e20 to 4e22
        assert scan.derivative(x) == pytest.approx((scan.chi2(x + h) - scan.chi2(x - h)) / (2 * h), rel=1e-5, abs=5e17)
        edge = scan.upper_crossing_muB2(scan.best_fit.chi2 + 2.706)
        assert scan.chi2(edge) - scan.best_fit.chi2 == pytest.approx(2.706, abs=1e-7)
    assert seen > 3


# ---- starts


def test_a_start_that_expects_nothing_is_an_error_but_an_impossible_model_is_infinite():
    n = nuisances_of([1.0], [inf], [0.0], start=[0.0])
    seen = Observation.poisson(np.array([3.0, 2.0]))
    scan = SignalScan(seen, n, np.array([[1.0, 1.0]]), np.zeros((1, 2)))
    with pytest.raises(ConvergenceError, match="the start of the nuisances must expect events"):
        scan.chi2(0.0)
    # no component makes events in the second bin without signal
    two = nuisances_of([1.0, 1.0], [0.1, 0.1], [0.0, 0.0])
    scan = SignalScan(seen, two, np.array([[3.0, 0.0], [0.0, 0.0]]), np.array([[0.0, 0.0], [0.0, 1.0]]))
    assert scan.null_chi2 == inf
    assert scan.best_fit.x_muB2 == pytest.approx(2.0, rel=1e-8, abs=0)
    assert scan.lower_crossing_muB2(scan.best_fit.chi2 + 1.0) < 2.0


# ---- priors


def test_conditioned_is_the_sum_of_two_gaussians():
    # P and centre are exact: rounding. The constant that is dropped is the same for all theta.
    rng = np.random.default_rng(7)
    n = nuisances_of([1, 1, 0.5, 1], [0.01, 0.3, inf, 0.2], [0, 0, 0, 0])
    b, value, sigma = np.array([0.9, 0.08, 0.01, 0.0]), 1.0, 0.0034
    joint = n.conditioned(b, value, sigma)

    def prior(which, t):
        return (t - which.center) @ which.precision @ (t - which.center)

    points = rng.normal(1.0, 0.2, (20, 4))
    difference = [prior(joint, t) - prior(n, t) - ((b @ t - value) / sigma) ** 2 for t in points]
    np.testing.assert_allclose(difference, difference[0], rtol=0, atol=1e-9 * max(prior(joint, t) for t in points))
    assert joint.width[0] < n.width[0]
    assert joint.width[3] == pytest.approx(0.2, rel=1e-9, abs=0)
    # the condition is the only thing known about the third
    assert joint.width[2] == pytest.approx(
        sqrt(sigma**2 + (0.9 * 0.01) ** 2 + (0.08 * 0.3) ** 2) / 0.01, rel=1e-6, abs=0
    )


def test_conditioned_on_free_parameters_alone_and_with_fixed_ones():
    n = nuisances_of([1, 1, 1], [inf, inf, 0.0], [0, 0, 0])
    joint = n.conditioned(np.array([1.0, 1.0, 2.0]), 5.0, 0.1)
    # what is fixed counts, and stays: theta_1 + theta_2 = 5 - 2
    assert joint.center[2] == 1.0
    assert joint.center[0] + joint.center[1] == pytest.approx(3.0, rel=1e-12, abs=0)
    assert list(joint.width) == [inf, inf, 0.0]
    assert (joint.precision[2] == 0.0).all()
    assert joint.spread.shape == (3, 1)
    with pytest.raises(DomainError, match="width of a condition must be positive"):
        n.conditioned(np.ones(3), 1.0, 0.0)


def test_conditioned_fits_are_those_of_one_more_bin():
    # A Gaussian bin that measures b . theta is the same information: equal to the accuracy of the fits.
    scan = random_scan(Cost.GAUSSIAN, 2)
    b = np.array([0.3, 0.0, 0.1, 0.5, 0.2])
    seen = scan.observation
    wider = replace(
        scan,
        observation=Observation.gaussian(np.append(seen.counts, 1.1), np.append(seen.variance, 0.02**2)),
        constant=np.column_stack([scan.constant, b]),
        slope=np.column_stack([scan.slope, np.zeros(5)]),
    )
    conditioned = replace(scan, nuisances=scan.nuisances.conditioned(b, 1.1, 0.02))
    x = np.array([0.0, 2e-22])
    ours, theirs = conditioned.fits(x), wider.fits(x)
    np.testing.assert_allclose(ours.nuisances, theirs.nuisances, rtol=0, atol=1e-6)
    assert np.diff(ours.chi2)[0] == pytest.approx(np.diff(theirs.chi2)[0], abs=1e-7)


def test_correlations_pulls_and_covariance():
    scan = random_scan(Cost.GAUSSIAN, 1)
    n = scan.nuisances
    # the prior's own correlation, by inversion of its block
    prior = np.linalg.inv(n.precision[3:, 3:])
    assert prior[0, 1] / sqrt(prior[0, 0] * prior[1, 1]) == pytest.approx(-0.6, rel=1e-9, abs=0)
    np.testing.assert_allclose(n.width, [0.1, inf, 1.0, 0.05, 0.2], rtol=1e-9)
    best = scan.best_fit
    pulls = scan.pulls(best.nuisances)
    assert np.isnan(pulls[1])
    assert pulls[2] == pytest.approx(best.nuisances[2], rel=1e-9, abs=0)
    # for Gaussian data -2 ln L is a parabola: its second differences are twice the inverse covariance
    covariance = scan.covariance(best.x_muB2, best.nuisances)
    h = np.sqrt(np.diag(covariance))
    for a in range(5):
        step = h[a] * np.eye(5)[a]
        at = [written_out(scan, best.x_muB2, best.nuisances + s * step) for s in (-1, 0, 1)]
        curvature = (at[0] - 2 * at[1] + at[2]) / h[a] ** 2
        assert curvature == pytest.approx(2.0 * np.linalg.inv(covariance)[a, a], rel=1e-6, abs=0)
    # with the signal afloat: the error of x is that of the parabola of the profile, in the limit of small steps
    variance = scan.covariance(best.x_muB2, best.nuisances, with_signal=True)[0, 0]
    step = scan.upper_crossing_muB2(best.chi2 + 1e-4) - best.x_muB2
    if best.x_muB2 > 0.0:
        assert step == pytest.approx(sqrt(1e-4 * variance), rel=2e-2, abs=0)


def test_a_correlation_matrix_that_is_none():
    n = nuisances_of([1, 1], [0.1, 0.1], [0, 0])
    for wrong in ([[1.0, 1.5], [1.5, 1.0]], [[1.0, 0.3], [0.2, 1.0]], [[2.0, 0.3], [0.3, 1.0]]):
        with pytest.raises(DomainError, match="must be symmetric and positive definite with a unit diagonal"):
            n.correlated(("n0", "n1"), np.array(wrong))


def test_joined_nuisances_are_independent():
    first, second = nuisances_of([1], [0.1], [0]), replace(nuisances_of([0], [0.5], [-inf]), names=("other",))
    both = first.joined(second)
    assert both.names == ("n0", "other")
    np.testing.assert_allclose(both.width, [0.1, 0.5])
    assert both.precision[0, 1] == 0.0
