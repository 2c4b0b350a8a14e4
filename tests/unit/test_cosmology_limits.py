"""From abundances to limits: contours, likelihood, choices of the configuration, verdicts, the command line."""

import json
from dataclasses import replace
from math import exp, inf, log, log10, nan
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from nudipole.cli.main import main
from nudipole.cli.project import build_constraint, bundled_tables, catalog_of
from nudipole.config.load import load_config
from nudipole.config.model import grid_config
from nudipole.constraints.base import Verdict
from nudipole.constraints.cosmology import BBN, CMB, EDGE_TOLERANCE, UNITS, Cosmology, limit_threshold
from nudipole.constraints.cosmology_inputs import cosmology_config, kinetics_of
from nudipole.constraints.cosmology_universe import universe
from nudipole.cosmology.assumptions import (
    PRESETS,
    DecayBalance,
    Equations,
    Initial,
    Nature,
    ScatteringBalance,
    Upscattering,
)
from nudipole.cosmology.background import Status as Solved
from nudipole.cosmology.likelihood import (
    DLN_D_H_PER_OMEGA_B,
    DY_P_PER_OMEGA_B,
    THEORY_CORRELATION,
    THEORY_SIGMA_D_H,
    THEORY_SIGMA_Y_P,
    Observations,
    chi2_abundances,
    chi2_helium,
    chi2_N_eff,
)
from nudipole.cosmology.scenario import Scenario, scenarios_of
from nudipole.errors import ConfigError, DataError, DomainError
from nudipole.limits.contours import contour_pieces
from nudipole.limits.table import Edge, Status

ROOT = Path(__file__).resolve().parents[2]
FLOOR, CEILING = Edge.FLOOR, Edge.CEILING
PDG = Observations(0.245, 0.003, 2.547e-5, 0.025e-5, 2.99, 0.17, 0.00015)


# ---- contours


def grid(masses=41, moments=61):
    """Masses of 0.1 to 100 MeV, moments of 1e-13 to 1e-7, and log10 of both on the grid."""
    M, mu = np.logspace(-1, 2, masses), np.logspace(-13, -7, moments)
    return M, mu, *np.meshgrid(np.log10(M), np.log10(mu), indexing="ij")


def ellipse(X, Y, x=0.513, y=-10.07):
    """Positive inside an ellipse whose rim meets no node."""
    return 1.0 - ((X - x) / 0.7) ** 2 - ((Y - y) / 1.5) ** 2


def excluded_ranges(pieces, mass):
    """Moments of the floors and of the ceilings at one mass, each in rising order."""
    found = {FLOOR: [], CEILING: []}
    for piece in pieces:
        if piece.M_N_MeV[0] <= mass <= piece.M_N_MeV[-1]:
            found[piece.edge].append(float(np.interp(log(mass), np.log(piece.M_N_MeV), np.log10(piece.mu_nu_muB))))
    return sorted(found[FLOOR]), sorted(found[CEILING])


def test_an_island_has_a_floor_and_a_ceiling():
    M, mu, X, Y = grid()
    pieces = contour_pieces(M, mu, ellipse(X, Y), 0.0)
    for x in (-0.1, 0.3, 0.9, 1.1):
        half = 1.5 * np.sqrt(1.0 - ((x - 0.513) / 0.7) ** 2)
        floors, ceilings = excluded_ranges(pieces, 10.0**x)
        # 1 % in mu, 0.0043 in log10, and half of that for np.interp between vertices
        assert floors == pytest.approx([-10.07 - half], abs=0.0065)
        assert ceilings == pytest.approx([-10.07 + half], abs=0.0065)
    assert excluded_ranges(pieces, 10.0**1.3) == ([], [])


def test_a_hole_has_a_ceiling_below_and_a_floor_above():
    M, mu, X, Y = grid()
    floors, ceilings = excluded_ranges(contour_pieces(M, mu, -ellipse(X, Y), 0.0), 10.0**0.513)
    assert ceilings == pytest.approx([-11.57], abs=0.0065)
    assert floors == pytest.approx([-8.57], abs=0.0065)


def test_an_open_line_is_one_piece_from_rim_to_rim():
    M, mu, X, Y = grid()
    for sign, edge in ((1.0, FLOOR), (-1.0, CEILING)):
        (piece,) = contour_pieces(M, mu, sign * (Y + 10.01 + 0.3 * X), 0.0)
        assert piece.edge is edge
        assert (piece.M_N_MeV[0], piece.M_N_MeV[-1]) == pytest.approx((0.1, 100.0), rel=1e-12, abs=0)
        # a plane is interpolated exactly, but for the roots of a cubic whose leading coefficients vanish
        assert np.log10(piece.mu_nu_muB) == pytest.approx(-10.01 - 0.3 * np.log10(piece.M_N_MeV), rel=0, abs=1e-7)


def test_two_bands_and_an_island_above_a_line():
    M, mu, X, Y = grid()
    bands = 0.503 - np.minimum(np.abs(Y + 11.02), np.abs(Y + 8.53))
    floors, ceilings = excluded_ranges(contour_pieces(M, mu, bands, 0.0), 3.0)
    # piecewise linear with its kinks four cells away, where the ringing of the spline has died down to 1e-5
    assert floors == pytest.approx([-11.523, -9.033], abs=3e-5)
    assert ceilings == pytest.approx([-10.517, -8.027], abs=3e-5)
    both = np.maximum(ellipse(X, Y, y=-11.2), Y + 8.02)
    floors, ceilings = excluded_ranges(contour_pieces(M, mu, both, 0.0), 10.0**0.513)
    assert (len(floors), len(ceilings)) == (2, 1)
    assert floors[0] < ceilings[0] < floors[1]


def test_a_contour_that_turns_back_in_mass_is_cut_there():
    """An excluded peninsula, as the cosmological limit has between 1e-10 and 1e-9 mu_B."""
    M, mu, X, Y = grid()
    pieces = contour_pieces(M, mu, (X - 0.513) - (Y + 10.01) ** 2 / 4.0, 0.0)
    assert [piece.edge for piece in pieces] == [CEILING, FLOOR]
    for piece in pieces:
        assert (np.diff(piece.M_N_MeV) >= 0.0).all()
        # the turn lies within one cell of its mass
        assert log10(piece.M_N_MeV[0]) == pytest.approx(0.513, abs=3.0 / 40.0)


@pytest.mark.parametrize("seed", range(6))
def test_pieces_are_monotone_in_mass_with_the_right_edge(seed):
    """Random smooth surfaces: just above a floor is excluded, just below is not; the reverse for a ceiling."""
    M, mu, X, Y = grid()
    random = np.random.default_rng(seed)
    waves = [(random.normal(), *random.uniform(0.5, 2.5, 2), random.uniform(0.0, 6.0)) for _ in range(4)]

    def surface(x, y):
        return 0.1 + sum(a * np.sin(k * x + m * y + phase) for a, k, m, phase in waves)

    pieces = contour_pieces(M, mu, surface(X, Y), 0.0)
    assert pieces
    for piece in pieces:
        assert (np.diff(piece.M_N_MeV) >= 0.0).all()
        x, y = np.log10(piece.M_N_MeV), np.log10(piece.mu_nu_muB)
        middle_x, middle_y = 0.5 * (x[1:] + x[:-1]), 0.5 * (y[1:] + y[:-1])
        above, below = surface(middle_x, middle_y + 0.02), surface(middle_x, middle_y - 0.02)
        # not where the contour is vertical in the plane
        steep = np.abs(np.diff(y)) > 3.0 * np.abs(np.diff(x))
        assert ((above > below) == (piece.edge is FLOOR))[~steep].all()
    starts = [(piece.M_N_MeV[0], piece.mu_nu_muB[0]) for piece in pieces]
    assert starts == sorted(starts)


def test_no_contour_in_cells_without_numbers():
    M, mu, X, Y = grid()
    surface = ellipse(X, Y)
    surface[20:24] = nan
    pieces = contour_pieces(M, mu, surface, 0.0)
    gap = M[19], M[24]
    for piece in pieces:
        inside = (piece.M_N_MeV > gap[0] * (1 + 1e-9)) & (piece.M_N_MeV < gap[1] * (1 - 1e-9))
        assert not inside.any()
        assert np.isfinite(piece.mu_nu_muB).all()
    # it ends on both sides and is not closed along the gap
    for mass in (M[19] * 0.99, M[24] * 1.01):
        floors, ceilings = excluded_ranges(pieces, mass)
        assert (len(floors), len(ceilings)) == (1, 1)
    assert contour_pieces(M, mu, np.full_like(X, nan), 0.0) == []


def test_nothing_is_drawn_along_the_rim():
    M, mu, X, Y = grid()
    assert contour_pieces(M, mu, np.ones_like(X), 0.0) == []
    assert contour_pieces(M, mu, -np.ones_like(X), 0.0) == []
    for piece in contour_pieces(M, mu, ellipse(X, Y, x=2.0), 0.0):
        assert (piece.M_N_MeV > 100.0 * (1.0 - 1e-9)).sum() == 1
    (piece,) = contour_pieces(M, mu, ellipse(X, Y, y=-7.0), 0.0)
    assert piece.edge is FLOOR
    # it starts and ends there
    assert np.flatnonzero(piece.mu_nu_muB > 1e-7 * (1.0 - 1e-9)).tolist() == [0, len(piece.M_N_MeV) - 1]


def test_a_curved_surface_is_followed_to_a_percent():
    """A contour of known place on a surface with curvature, a third of a decade between nodes."""
    M, mu, X, Y = grid(19, 19)

    def truth(x):
        return -10.0 + 0.5 * x + 0.4 * np.sin(1.5 * x)

    distance = Y - truth(X)
    surface = np.exp(1.2 * distance) - 1.0 + 0.3 * distance**3
    (piece,) = contour_pieces(M, mu, surface, 0.0)
    found = np.log(piece.mu_nu_muB) - log(10.0) * truth(np.log10(piece.M_N_MeV))
    assert np.abs(found).max() < 0.01
    # linear interpolation along mu is off by several times as much
    linear = []
    for row, x in zip(surface, np.log10(M)):
        j = int(np.flatnonzero(row > 0.0)[0])
        y = np.log10(mu[j - 1]) - row[j - 1] / (row[j] - row[j - 1]) * log10(mu[j] / mu[j - 1])
        linear.append(abs(y - truth(x)) * log(10.0))
    assert max(linear) > 5.0 * np.abs(found).max()


def test_shapes_that_do_not_match_are_refused():
    M, mu, X, _ = grid()
    with pytest.raises(DataError, match="shape"):
        contour_pieces(M, mu, X.T, 0.0)


# ---- likelihood


def _matrix(observed, D_H):
    response = observed.Omega_b_h2_sigma * np.array([DY_P_PER_OMEGA_B, DLN_D_H_PER_OMEGA_B * D_H])
    theory = np.array([THEORY_SIGMA_Y_P, THEORY_SIGMA_D_H])
    correlation = np.array([[1.0, THEORY_CORRELATION], [THEORY_CORRELATION, 1.0]])
    return (
        np.diag([observed.Y_p_sigma**2, observed.D_H_sigma**2])
        + np.outer(theory, theory) * correlation
        + np.outer(response, response)
    )


def test_chi2_is_that_of_the_inverse_covariance():
    Y_p, D_H = np.array([[0.2471, 0.26], [0.24, 0.3]]), np.array([[2.44e-5, 3e-5], [2.6e-5, 1e-5]])
    found = chi2_abundances(Y_p, D_H, PDG)
    assert found.shape == Y_p.shape
    for index in np.ndindex(Y_p.shape):
        residual = np.array([Y_p[index] - PDG.Y_p, D_H[index] - PDG.D_H])
        expected = residual @ np.linalg.inv(_matrix(PDG, D_H[index])) @ residual
        # rounding of a 2 x 2 inverse
        assert found[index] == pytest.approx(expected, rel=1e-10, abs=0)
        alone = residual[0] ** 2 / _matrix(PDG, D_H[index])[0, 0]
        assert chi2_helium(Y_p, PDG)[index] == pytest.approx(alone, rel=1e-12, abs=0)


def test_baryon_density_is_marginalised():
    """The minimum over Omega_b of chi^2 with the shifted prediction and a Gaussian prior."""
    Y_p, D_H = 0.2485, 2.40e-5
    fixed = np.linalg.inv(_matrix(replace(PDG, Omega_b_h2_sigma=0.0), D_H))

    def profile(pull):
        shift = pull * PDG.Omega_b_h2_sigma * np.array([DY_P_PER_OMEGA_B, DLN_D_H_PER_OMEGA_B * D_H])
        residual = np.array([Y_p - PDG.Y_p, D_H - PDG.D_H]) + shift
        return residual @ fixed @ residual + pull**2

    lowest = minimize_scalar(profile, bounds=(-5.0, 5.0), method="bounded", options={"xatol": 1e-9})
    found = chi2_abundances(np.array(Y_p), np.array(D_H), PDG)
    # a quadratic minimum to 1e-9 in its place
    assert float(found) == pytest.approx(lowest.fun, rel=1e-9, abs=0)
    assert float(found) < profile(0.0) - 1e-3


def test_constants_of_the_likelihood_are_those_of_the_page():
    """4-cosmology, section 6; the derivatives against the network are in test_network (test_baryon_density)."""
    assert pytest.approx(6.4e-5, rel=1e-12) == DY_P_PER_OMEGA_B * 0.00015
    assert pytest.approx(-0.0109, rel=1e-12) == DLN_D_H_PER_OMEGA_B * 0.00015
    assert (THEORY_SIGMA_Y_P, THEORY_SIGMA_D_H, THEORY_CORRELATION) == (1.06e-4, 0.026e-5, -0.13)


def test_derivatives_with_respect_to_the_baryon_density_are_those_of_the_network():
    config = load_config(ROOT, [], ["cosmology.upscattering=constant"])
    settings, tables = cosmology_config(config), bundled_tables(ROOT, catalog_of(ROOT, config))
    points = []
    for Omega_b_h2 in (0.02222, 0.02252):
        chosen = replace(settings, Omega_b_h2=Omega_b_h2, accuracy=replace(settings.accuracy, rtol=1e-7))
        points.append(universe(chosen, chosen.scenarios[0], tables).standard().abundances["primat2023"])
    less, more = points
    # two digits of Y_p and three of D/H are given: 1 %
    assert (more.Y_p - less.Y_p) / 0.0003 == pytest.approx(DY_P_PER_OMEGA_B, rel=0.01, abs=0)
    assert log(more.D_H / less.D_H) / 0.0003 == pytest.approx(DLN_D_H_PER_OMEGA_B, rel=0.01, abs=0)


def test_chi2_of_N_eff_and_gaps():
    assert chi2_N_eff(np.array([2.99, 3.33]), PDG) == pytest.approx([0.0, 4.0], rel=1e-12)
    assert np.isnan(chi2_helium(np.array([nan]), PDG)).all()
    assert np.isnan(chi2_abundances(np.array([nan, 0.25]), np.array([2.5e-5, nan]), PDG)).all()
    # one sigma and two: 68.27 % and 95.45 %
    assert (limit_threshold(0.6827), limit_threshold(0.9545)) == pytest.approx((1.0, 4.0), rel=2e-4)


@pytest.mark.parametrize("key", ["Y_p_sigma", "D_H_sigma", "N_eff_sigma"])
def test_uncertainties_are_positive(key):
    with pytest.raises(DomainError, match="positive"):
        replace(PDG, **{key: 0.0})


# ---- choices


def section(*assignments):
    return load_config(ROOT, [], [f"cosmology.{text}" for text in assignments])["cosmology"]


def test_scenarios_and_their_labels():
    found = scenarios_of(section("family=[thermal, freeze-in, decoupled, zero]", "family_T_RH_MeV=[5, 1000]"))
    # the default first and once
    assert [s.label for s in found] == ["decoupled", "thermal", "freeze-in_5MeV", "freeze-in_1000MeV", "zero"]
    assert [s.is_diluted for s in found] == [True, False, True, True, False]
    own = scenarios_of(section("initial=freeze-in", "T_RH_MeV=12.5", "family=[]"))
    assert [s.label for s in own] == ["freeze-in_12.5MeV"]
    assert scenarios_of(section("initial=freeze-in", "T_RH_MeV=5", "family=[freeze-in]", "family_T_RH_MeV=[5]")) == (
        Scenario(Initial.FREEZE_IN, 5.0),
    )


def test_scenarios_without_meaning_are_refused():
    with pytest.raises(DomainError, match="reheating"):
        Scenario(Initial.FREEZE_IN)
    with pytest.raises(DomainError, match="reheating"):
        Scenario(Initial.THERMAL, 10.0)
    for bad in (3.9, nan, -1.0):
        with pytest.raises(DomainError, match="at least 4"):
            Scenario(Initial.FREEZE_IN, bad)


@pytest.mark.parametrize("equations", list(Equations))
def test_presets_of_the_equations(equations):
    found = kinetics_of(section(f"equations={equations}", "upscattering=computed"))
    assert found == PRESETS[equations]
    assert found.resolved == (equations is Equations.MOMENTUM)
    exact = equations is not Equations.REFERENCE
    assert (found.weak_exchange, found.qed, found.time_dilation) == (exact, exact, exact)
    assert (found.decay_balance is DecayBalance.EXACT) == exact
    assert (found.scattering_balance is ScatteringBalance.T_NU) == exact
    assert found.states == (2 if found.resolved else 4)


def test_single_choices_override_the_preset():
    found = kinetics_of(
        section(
            *("equations=reference", "decay_balance=exact", "scattering_balance=T_nu", "helicities=2"),
            *("weak_exchange=true", "qed=true", "time_dilation=true", "nature=majorana"),
            *("upscattering=constant", "upscattering_c=0.0132"),
        )
    )
    assert found == replace(
        PRESETS[Equations.INTEGRATED],
        states=2,
        nature=Nature.MAJORANA,
        upscattering=Upscattering.CONSTANT,
        upscattering_c=0.0132,
    )
    off = kinetics_of(section("weak_exchange=false", "qed=false", "time_dilation=false"))
    assert (off.weak_exchange, off.qed, off.time_dilation, off.resolved) == (False, False, False, True)


def test_the_typed_section():
    config = load_config(ROOT, [], ["cosmology.limits.confidence_level=0.95", "cosmology.momenta=16"])
    found = cosmology_config(config)
    assert (found.confidence_level, found.accuracy.momenta, found.accuracy.rtol) == (0.95, 16, 1e-5)
    assert found.observed == PDG
    assert cosmology_config(load_config(ROOT)).confidence_level == load_config(ROOT)["statistics"]["confidence_level"]


BAD_VALUES = [
    ("equations=exact", "momentum, integrated, reference"),
    ("initial=cold", "decoupled, thermal, freeze-in, zero"),
    ("family=[cold]", "decoupled, thermal, freeze-in, zero"),
    ("family=[thermal, thermal]", "without repetition"),
    ("family=thermal", "a list"),
    ("family_T_RH_MeV=[3]", ">= 4"),
    ("family_T_RH_MeV=[5, 5]", "without repetition"),
    ("T_0_MeV=19", ">= 20"),
    ("T_0_MeV=101", "<= 100"),
    ("T_0_MeV=hot", "a number"),
    ("T_RH_MeV=3.9", ">= 4"),
    ("T_RH_MeV=1e6", "<= 100000"),
    ("decoupling=sudden", "instantaneous, gradual"),
    ("heavy_species=1", "true or false"),
    ("upscattering=fitted", "computed, constant"),
    ("upscattering_c=-0.01", ">= 0"),
    ("upscattering_c=1.5", "<= 1"),
    ("decay_balance=two_temperatures", "exact, one_temperature, null"),
    ("scattering_balance=T_gamma", "T_nu, T_R, null"),
    ("helicities=3", "2, 4, null"),
    ("weak_exchange=often", "true or false or null"),
    ("qed=1", "true or false or null"),
    ("time_dilation=1", "true or false or null"),
    ("nature=weyl", "dirac, majorana"),
    ("network=parthenope", "primat2023, recommended"),
    ("tau_n_s=1000", "<= 950"),
    ("tau_n_s=.inf", "tau_n_s"),
    ("Omega_b_h2=0", ">= 0.005"),
    ("M_N_points=3", ">= 4"),
    ("mu_nu_points=2.5", "an integer"),
    ("family_M_N_points=0", ">= 4"),
    ("family_mu_nu_points=20000", "<= 10000"),
    ("jobs=0", ">= 1"),
    ("momenta=7", ">= 8"),
    ("momenta=201", "<= 200"),
    ("rtol=0.1", "<= 0.001"),
    ("rtol=0", ">= 1e-10"),
    ("observed.Y_p=0.9", "<= 0.5"),
    ("observed.Y_p_sigma=0", "> 0"),
    ("observed.D_H=2.5", "<= 0.0001"),
    ("observed.D_H_sigma=0", "> 0"),
    ("observed.N_eff=0", ">= 1"),
    ("observed.N_eff_sigma=-0.1", "> 0"),
    ("observed.Omega_b_h2_sigma=-1", ">= 0"),
    ("observed.Y_p=null", "a number"),
    ("limits.criterion=likelihood", "delta_chi2, chi2"),
    ("limits.confidence_level=0.5", "> 0.5"),
    ("limits.confidence_level=1.0", "< 0.9999"),
    ("limits.delta_N_eff=[0]", "> 0"),
    ("limits.delta_N_eff=[0.3, 0.3]", "without repetition"),
    ("limits.delta_N_eff=0.3", "a list"),
    ("equation=momentum", "did you mean equations"),
    ("observed.Yp=0.25", "did you mean Y_p"),
    ("limits.level=0.9", "criterion, confidence_level, delta_N_eff"),
]


@pytest.mark.parametrize(("assignment", "allowed"), BAD_VALUES)
def test_bad_values_are_refused_with_key_and_allowed_values(assignment, allowed):
    with pytest.raises(ConfigError) as refusal:
        section(assignment)
    assert f"cosmology.{assignment.partition('=')[0]}" in str(refusal.value)
    assert allowed in str(refusal.value)


def test_every_key_of_the_section_has_a_bad_value_above():
    tried = {assignment.partition("=")[0] for assignment, _ in BAD_VALUES}
    for key, value in section().items():
        wanted = {f"{key}.{inner}" for inner in value} if isinstance(value, dict) else {key}
        assert wanted <= tried, wanted - tried


# ---- verdicts on a made-up universe


class Toy:
    """Y_p and N_eff as functions of (M, mu), counting the points it is asked for."""

    def __init__(self, Y_p=lambda M, mu: 0.247, N_eff=lambda M, mu: 3.045, status=lambda M, mu: Solved.OK):
        self.Y_p, self.N_eff, self.status, self.asked = Y_p, N_eff, status, 0

    def point(self, M, mu):
        self.asked += 1
        status = self.status(M, mu)
        solved = status.solved
        found = SimpleNamespace(Y_p=self.Y_p(M, mu), D_H=2.5e-5, He3_H=1e-5, Li7_H=5e-10)
        background = SimpleNamespace(
            N_eff=self.N_eff(M, mu) if solved else nan, tau_N_s=100.0, rho_N_max_fraction=0.1, energy_drift=1e-8
        )
        return SimpleNamespace(
            status=status,
            background=background,
            abundances={"primat2023": found} if solved else {},
            photodisintegration=False,
            spectral_distortion=True,
            weak_rates_extrapolated=False,
        )

    def standard(self):
        return Toy().point(1.0, 1e-20)


def island(low, high, inside=0.27, outside=0.247):
    return lambda M, mu: inside if low < mu < high else outside


def toy(name=BBN, *assignments, **functions):
    config = load_config(ROOT, [], [f"cosmology.{text}" for text in assignments])
    return Cosmology(name, cosmology_config(config), grid_config(config), Toy(**functions))


def test_excess_of_the_two_criteria():
    Y_p = 0.2512
    C = 0.003**2 + THEORY_SIGMA_Y_P**2 + (DY_P_PER_OMEGA_B * 0.00015) ** 2
    chi2, without = (Y_p - 0.245) ** 2 / C, (0.247 - 0.245) ** 2 / C
    for criterion, expected in (("chi2", chi2), ("delta_chi2", chi2 - without)):
        made = toy(BBN, f"limits.criterion={criterion}", "limits.confidence_level=0.9545", Y_p=lambda M, mu: Y_p)
        found = made.evaluate(1.0, 1e-10, "mu")
        assert found.quantities["chi2"] == pytest.approx(expected, rel=1e-12, abs=0)
        # 0.9545 is two sigma to four digits
        assert found.quantities["chi2_threshold"] == pytest.approx(4.0, rel=2e-4, abs=0)
        assert (found.verdict is Verdict.EXCLUDED) == (expected > 4.0)
    made = toy(CMB, "limits.criterion=chi2", N_eff=lambda M, mu: 3.5)
    assert made.evaluate(1.0, 1e-10, "mu").quantities["chi2"] == pytest.approx((0.51 / 0.17) ** 2, rel=1e-12, abs=0)


def test_limits_find_islands():
    def Y_p(M, mu):
        return 0.27 if 3e-13 < mu < 2e-12 or 5e-11 < mu < 7e-10 else 0.247

    found = toy(Y_p=Y_p).limits(1.0, "mu")
    assert [(r.low_status, r.high_status) for r in found.excluded] == [(Status.OK, Status.OK)] * 2
    edges = [edge for r in found.excluded for edge in (r.low, r.high)]
    # bisection in ln mu
    assert edges == pytest.approx([3e-13, 2e-12, 5e-11, 7e-10], rel=EDGE_TOLERANCE, abs=0)
    assert (found.constraint, found.flavour, found.confidence_level, found.preferred) == ("bbn", "mu", 0.9, ())


def test_limits_beyond_the_grid():
    low, high = (load_config(ROOT)["grid"][key] for key in ("mu_nu_min_muB", "mu_nu_max_muB"))
    (all_of_it,) = toy(Y_p=island(0.0, inf)).limits(1.0, "e").excluded
    assert (all_of_it.low, all_of_it.high) == (None, None)
    assert (all_of_it.low_status, all_of_it.high_status) == (Status.OFF_GRID_LOW, Status.OFF_GRID_HIGH)
    (upper,) = toy(Y_p=island(1e-10, inf)).limits(1.0, "e").excluded
    assert (upper.high, upper.high_status) == (None, Status.OFF_GRID_HIGH)
    assert upper.low == pytest.approx(1e-10, rel=EDGE_TOLERANCE, abs=0)
    (lower,) = toy(Y_p=island(0.0, 1e-10)).limits(1.0, "e").excluded
    assert (lower.low, lower.low_status) == (None, Status.OFF_GRID_LOW)
    assert lower.high == pytest.approx(1e-10, rel=EDGE_TOLERANCE, abs=0)
    assert toy().limits(1.0, "e").excluded == ()
    assert low < 1e-10 < high


@pytest.mark.parametrize("flavour", ["e", "mu", "tau", "effective"])
def test_the_verdict_and_its_distance(flavour):
    made = toy(Y_p=island(3e-12, 2e-10))
    inside = made.evaluate(1.0, 1e-10, flavour)
    assert (inside.constraint, inside.flavour, inside.verdict) == ("bbn", flavour, Verdict.EXCLUDED)
    # EDGE_TOLERANCE of ln mu in log10
    assert inside.margin_dex == pytest.approx(log10(2.0), abs=EDGE_TOLERANCE / log(10.0))
    outside = made.evaluate(1.0, 1e-9, flavour)
    assert outside.verdict is Verdict.ALLOWED
    assert outside.margin_dex == pytest.approx(-log10(5.0), abs=EDGE_TOLERANCE / log(10.0))
    assert made.evaluate(1.0, 1e-12, flavour).margin_dex == pytest.approx(-log10(3.0), abs=EDGE_TOLERANCE / log(10.0))
    assert toy().evaluate(1.0, 1e-10, flavour).margin_dex is None
    assert toy(Y_p=island(0.0, inf)).evaluate(1.0, 1e-10, flavour).margin_dex is None
    assert set(inside.quantities) == set(UNITS) == set(inside.units)


def test_what_is_unsolved_or_outlives_recombination_is_not_limited():
    unsolved = toy(Y_p=island(0.0, inf), status=lambda M, mu: Solved.TOO_MANY_STEPS)
    found = unsolved.evaluate(1.0, 1e-10, "mu")
    assert (found.verdict, found.margin_dex) == (Verdict.UNSOLVED, None)
    assert (found.quantities["Y_p"], found.quantities["N_eff"], found.quantities["chi2"]) == (None, None, None)
    assert unsolved.limits(1.0, "mu").excluded == ()
    late = toy(Y_p=island(0.0, inf), status=lambda M, mu: Solved.OUTLIVES_RECOMBINATION)
    found = late.evaluate(1.0, 1e-10, "mu")
    assert (found.verdict, found.margin_dex) == (Verdict.INSENSITIVE, None)
    assert found.quantities["Y_p"] == 0.27
    assert late.limits(1.0, "mu").excluded == ()


def test_a_limit_ends_where_N_outlives_recombination():
    made = toy(Y_p=island(0.0, inf), status=lambda M, mu: Solved.OK if mu > 1e-12 else Solved.OUTLIVES_RECOMBINATION)
    (found,) = made.limits(1.0, "mu").excluded
    assert found.low == pytest.approx(1e-12, rel=EDGE_TOLERANCE, abs=0)
    assert (found.low_status, found.high_status) == (Status.OK, Status.OFF_GRID_HIGH)


def test_a_limit_costs_tens_of_points():
    made = toy(Y_p=island(3e-12, 2e-10))
    made.limits(1.0, "mu")
    decades = log10(made.grid.mu_nu_max_muB / made.grid.mu_nu_min_muB)
    # ten a decade, and each of two edges a bisection from a tenth of a decade to 1e-3: 8 and the first
    assert made.universe.asked <= 10 * decades + 1 + 2 * 9


@pytest.mark.parametrize(
    ("M", "mu", "flavour"), [(0.0, 1e-10, "mu"), (nan, 1e-10, "mu"), (1.0, -1.0, "mu"), (1.0, 1e-10, "x")]
)
def test_points_without_meaning_are_refused(M, mu, flavour):
    with pytest.raises(DomainError):
        toy().evaluate(M, mu, flavour)


# ---- command line


QUICK = ["cosmology.upscattering=constant", "cosmology.equations=integrated", "cosmology.initial=thermal"]
"""No table of rates, one fluid and no search for T_dec: the cheapest universe."""


def run_json(capsys, *words):
    chosen = [word for assignment in QUICK for word in ("--set", assignment)]
    assert main([*words, *chosen, "--project", str(ROOT), "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""

    def refuse(name):
        raise ValueError(f"{name} is not JSON")

    return json.loads(captured.out, parse_constant=refuse)


def test_evaluate_bbn_on_the_command_line(capsys):
    found = run_json(capsys, "evaluate", "bbn", "--mass-MeV", "3", "--mu-muB", "1e-11", "--flavour", "tau")
    assert list(found) == [
        *("constraint", "flavour", "M_N_MeV", "mu_nu_muB", "quantities", "units", "verdict", "margin_dex")
    ]
    assert (found["constraint"], found["flavour"], found["M_N_MeV"], found["mu_nu_muB"]) == ("bbn", "tau", 3.0, 1e-11)
    assert {"Y_p", "D_H", "He3_H", "Li7_H", "N_eff", "tau_N_s"} <= set(found["quantities"])
    assert set(found["units"]) == set(found["quantities"])
    assert found["units"]["tau_N_s"] == "s"
    assert found["verdict"] in {"excluded", "allowed"}
    assert (found["margin_dex"] > 0.0) == (found["verdict"] == "excluded")
    # hbar 16 pi/(mu^2 M^3)
    assert found["quantities"]["tau_N_s"] == pytest.approx(139.6, rel=1e-3, abs=0)


def test_limit_cmb_on_the_command_line(capsys):
    found = run_json(capsys, "limit", "cmb", "--mass-MeV", "10")
    assert list(found) == [
        *("constraint", "flavour", "M_N_MeV", "confidence_level", "statistic", "excluded", "preferred")
    ]
    assert (found["constraint"], found["preferred"], found["confidence_level"]) == ("cmb", [], 0.9)
    assert "N_eff" in found["statistic"]
    assert found["excluded"]
    for part in found["excluded"]:
        assert set(part) == {"low", "high", "low_status", "high_status"}
        assert (part["low"] is None) == (part["low_status"] == "off_grid_low")
        assert (part["high"] is None) == (part["high_status"] == "off_grid_high")
    ends = [end for part in found["excluded"] for end in (part["low"], part["high"]) if end is not None]
    assert ends == sorted(ends)
    # excluded on one side of each end and not on the other, EDGE_TOLERANCE away
    constraint = build_constraint("cmb", ROOT, [], QUICK)
    for part in found["excluded"]:
        for end, sign in ((part["low"], 1.0), (part["high"], -1.0)):
            if end is not None:
                inside, outside = (
                    constraint.excess(constraint.universe.point(10.0, end * exp(side * EDGE_TOLERANCE)))
                    for side in (sign, -sign)
                )
                assert inside > 0.0 > outside
