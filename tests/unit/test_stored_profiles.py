"""Stored likelihood surfaces: interpolation, sums, edges, against likelihoods whose edges are known in closed form."""

from math import inf, sqrt

import numpy as np
import pytest
from scipy.interpolate import make_interp_spline
from scipy.optimize import brentq
from small_results import GAUSSIANS, MASSES_MEV, MOMENTS_MUB, UNIT_MUB, gaussian, scaled, surface_table

from nudipole.errors import DataError, DomainError
from nudipole.likelihood.edges import Criterion
from nudipole.likelihood.intervals import IntervalKind, threshold
from nudipole.likelihood.stored import StoredProfile, Term, bound_crossings_muB2, curve_of
from nudipole.limits.combined import combined_edges, common_masses_MeV, moments_per_decade, surface_of

TWO_SIDED = Criterion(0.9, IntervalKind.TWO_SIDED)


def surface(name, **options):
    return surface_of(surface_table(name, gaussian(*GAUSSIANS[name]), **options), name, "mu")


def exact_edges_muB(names, M_N_MeV, criterion):
    """Edges of a sum of Gaussians in x >= 0: again a Gaussian."""
    best, error = np.array([GAUSSIANS[name] for name in names]).T
    weight = 1.0 / error**2
    mean, width = (weight * best).sum() / weight.sum(), 1.0 / sqrt(weight.sum())
    rise = threshold(criterion.confidence_level, criterion.kind) + (max(-mean, 0.0) / width) ** 2
    x = np.array([mean - width * sqrt(rise), mean + width * sqrt(rise)])
    mu = [UNIT_MUB * sqrt(value) * M_N_MeV / 0.1 if value > 0.0 else None for value in x]
    return (mu[0] if criterion.kind.has_lower_edge else None), mu[1]


@pytest.mark.parametrize(
    "names", [("xenonnt",), ("borexino",), ("pandax4t",), ("xenonnt", "lz", "pandax4t"), ("lz", "borexino")]
)
@pytest.mark.parametrize("kind", [IntervalKind.TWO_SIDED, IntervalKind.ONE_SIDED])
@pytest.mark.parametrize("level", [0.6827, 0.9, 0.99])
def test_sums_of_gaussians(names, kind, level):
    criterion = Criterion(level, kind)
    found = combined_edges([surface(name) for name in names], criterion)
    assert [edge.M_N_MeV for edge in found] == list(MASSES_MEV)
    for edge in found:
        lower, upper = exact_edges_muB(names, edge.M_N_MeV, criterion)
        # a parabola in mu^2 is what the spline reproduces: rounding is left
        assert edge.upper_muB == pytest.approx(upper, rel=1e-7, abs=0)
        assert edge.lower_muB == (None if lower is None else pytest.approx(lower, rel=1e-7, abs=0))


def test_an_interval_within_one_step_of_the_search():
    # both edges and the best fit between two neighbouring points, on either side of which the level is exceeded
    narrow = surface_of(surface_table("lz", gaussian(115.0, 0.3)), "lz", "mu")
    at = combined_edges([narrow], TWO_SIDED)[13]
    scale = UNIT_MUB * at.M_N_MeV / 0.1
    half = 0.3 * sqrt(threshold(0.9, IntervalKind.TWO_SIDED))
    assert at.upper_muB == pytest.approx(scale * sqrt(115.0 + half), rel=1e-6, abs=0)
    assert at.lower_muB == pytest.approx(scale * sqrt(115.0 - half), rel=1e-6, abs=0)


def test_masses_of_one_surface_alone_are_interpolated():
    # a power law is straight in log-log, so that stretching the curves is exact
    other = surface("lz", masses=MASSES_MEV[1:-1:3] * 1.02)
    found = combined_edges([surface("xenonnt"), other], TWO_SIDED)
    masses = [edge.M_N_MeV for edge in found]
    low, high = other.M_N_MeV[[0, -1]]
    assert set(masses) == {M for M in (*MASSES_MEV, *other.M_N_MeV) if low <= M <= high}
    assert masses == sorted(masses)
    for edge in found:
        _, upper = exact_edges_muB(("xenonnt", "lz"), edge.M_N_MeV, TWO_SIDED)
        assert edge.upper_muB == pytest.approx(upper, rel=1e-7, abs=0)


def test_masses_equal_up_to_rounding_are_one():
    masses = common_masses_MeV([surface("xenonnt"), surface("lz", masses=MASSES_MEV * (1.0 + 1e-15))])
    assert len(masses) in (len(MASSES_MEV), len(MASSES_MEV) - 1)
    with pytest.raises(DataError, match="the surfaces of xenonnt, lz have no mass in common"):
        common_masses_MeV([surface("xenonnt"), surface("lz", masses=MASSES_MEV * 1e4)])


def bounded(x, prior_width=0.3):
    """-2 ln L of signal x and background b >= 0 with a prior, data of 4 events with error 1, and the fitted b."""
    w = 1.0 / prior_width**2
    b = np.maximum((4.0 - x + w) / (1.0 + w), 0.0)
    return (x + b - 4.0) ** 2 + w * (b - 1.0) ** 2, b


def background_surface(mu):
    """The likelihood above, where only the background's bound bends the curve: it must be found between two moments."""
    x = (mu / UNIT_MUB) ** 2 / 4.0
    chi2, b = bounded(x, prior_width=1.0)
    fine = bounded(np.linspace(0.0, 10.0, 200_001), prior_width=1.0)[0]
    return chi2 - fine.min(), b[:, None]


@pytest.mark.parametrize("shift", [1.0, 1.04, 1.08, 1.12, 1.16, 1.2])
def test_a_background_that_reaches_zero_bends_the_curve(shift):
    # wherever between two moments the background reaches zero
    mu = MOMENTS_MUB * shift
    chi2, b = background_surface(mu)
    (kink,) = bound_crossings_muB2(mu**2, b)
    # x = 5 there: the background is a straight line in x
    assert kink == pytest.approx(20.0 * UNIT_MUB**2, rel=1e-9, abs=0)
    level = 2.705543 + 4.0
    exact = brentq(lambda m: background_surface(np.array([m]))[0][0] - level, 4e-11, 6e-11, xtol=1e-20)
    profile = StoredProfile((Term(curve_of(mu**2, chi2, b)),), mu**2)
    ours = abs(sqrt(profile.upper_crossing_muB2(level)) / exact - 1.0)
    # both pieces are parabolas in x
    assert ours < 1e-6
    plain = make_interp_spline(mu**2, chi2, k=3)
    without = abs(brentq(lambda m: float(plain(m * m)) - level, 4e-11, 6e-11, xtol=1e-20) / exact - 1.0)
    assert without > 10.0 * ours


def test_moments_far_apart_give_a_curve_without_new_turns():
    # three moments a decade, then a plateau: a spline through these overshoots
    mu = np.geomspace(1e-14, 1e-6, 25)
    chi2 = np.minimum(gaussian(1.0, 2.0)(scaled(mu, 0.1)), 40.0)
    curve = curve_of(mu**2, chi2, np.ones((len(mu), 1)))
    fine = curve(np.geomspace(1e-28, 1e-12, 4001))
    assert curve.strays.any()
    assert fine.min() >= 0.0
    assert fine.max() <= 40.0 + 0.03
    after = fine[np.argmin(fine) :]
    assert np.diff(after).min() > -0.03


def test_edges_beyond_the_stored_moments():
    flat = surface_of(surface_table("xenonnt", lambda x: 0.0 * x), "xenonnt", "mu")
    assert [(e.lower_muB, e.upper_muB, e.best_fit_on_grid) for e in combined_edges([flat], TWO_SIDED)] == [
        (None, inf, True)
    ] * len(MASSES_MEV)
    # still falling at the largest moment: neither edge is known
    falling = surface_of(surface_table("xenonnt", gaussian(1e14, 1e13)), "xenonnt", "mu")
    found = combined_edges([falling], TWO_SIDED)
    assert {(e.lower_muB, e.upper_muB, e.best_fit_on_grid) for e in found} == {(None, inf, False)}
    # an edge below the smallest moment: between it and mu = 0
    small = surface("xenonnt", moments=np.geomspace(1e-10, 1e-6, 41))
    at = next(e for e in combined_edges([small], TWO_SIDED) if e.M_N_MeV == pytest.approx(0.1))
    assert at.upper_muB == pytest.approx(exact_edges_muB(("xenonnt",), 0.1, TWO_SIDED)[1], rel=1e-6, abs=0)


def test_damaged_surfaces_are_refused():
    table = surface_table("lz", gaussian(1.0, 2.0))
    with pytest.raises(DataError, match="the surface of lz has no coupling 'tau'; it has mu, e"):
        surface_of(table, "lz", "tau")
    with pytest.raises(DataError, match="lz is no complete grid"):
        surface_of(table.drop(index=5), "lz", "mu")
    table.loc[7, "delta_chi2"] = np.nan
    with pytest.raises(DataError, match="lz is no complete grid"):
        surface_of(table, "lz", "mu")
    with pytest.raises(DataError, match=r"has 4 moments, too few .* raise grid.mu_nu_points"):
        surface("lz", moments=np.geomspace(1e-12, 1e-9, 4))
    with pytest.raises(DomainError, match="confidence_level must lie between"):
        combined_edges([surface("lz")], Criterion(1.5, IntervalKind.TWO_SIDED))
    assert moments_per_decade(surface("lz")) == pytest.approx(10.0)
