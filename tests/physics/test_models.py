"""Models behind the moment: loops against their Feynman integrals and limits, estimates against published numbers."""

import json

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad

from nudipole.cli.main import main
from nudipole.cli.model import EXAMPLES
from nudipole.constants import M_E_MEV
from nudipole.errors import DomainError
from nudipole.models import leptoquark, naturalness
from nudipole.models.lifetime import lifetime_line_muB, proper_lifetime_s
from nudipole.models.loops import SERIES_BELOW, dipole_loop, fermion_loop, scalar_loop
from nudipole.models.seesaw import dipole_over_mixing_muB, inverse_seesaw, type_I_mass_MeV, type_I_sin_theta
from nudipole.units import d_per_GeV_from_mu_muB

RATIOS = (1e-4, 0.01, 0.5, 1.0 - SERIES_BELOW - 1e-9, 1.0 - SERIES_BELOW + 1e-9, 1.0, 1.05, 1.2, 50.0)


@pytest.mark.parametrize("r", RATIOS)
def test_loops_are_their_feynman_integrals(r: float) -> None:
    # quad is good to 1e-10 near the peak at t = 1, and the closed forms lose eps/x^3 = 2e-13 where the series ends
    fermion = quad(lambda t: t * t / (1.0 - (1.0 - r) * t), 0.0, 1.0, epsrel=1e-11, limit=200)[0]
    scalar = quad(lambda t: t * (1.0 - t) / (1.0 - (1.0 - r) * t), 0.0, 1.0, epsrel=1e-11, limit=200)[0]
    assert float(fermion_loop(r)) == pytest.approx(fermion, rel=1e-9, abs=0)
    assert float(scalar_loop(r)) == pytest.approx(scalar, rel=1e-9, abs=0)


@pytest.mark.parametrize("r", RATIOS)
def test_loops_are_the_integrals_over_the_loop_momentum(r: float) -> None:
    # before Feynman's parameters, with z = K^2/M_S^2 of the Euclidean momentum as exp(t): the photon on the fermion
    # leaves three of its propagators and one of the scalar, on the scalar two of each; beyond e^(+-60) is 1e-26
    def radial(fermions: int, scalars: int) -> float:
        def integrand(t: float) -> float:
            return np.exp(3.0 * t) / ((np.exp(t) + r) ** fermions * (np.exp(t) + 1.0) ** scalars)

        return quad(integrand, -60.0, 60.0, points=sorted({np.log(r), 0.0}), epsrel=1e-12, limit=500)[0]

    # the closed forms lose eps/x^3 = 2e-13 where the series ends
    assert float(fermion_loop(r)) == pytest.approx(radial(3, 1), rel=1e-11, abs=0)
    assert float(scalar_loop(r)) == pytest.approx(0.5 * radial(2, 2), rel=1e-11, abs=0)


def test_loops_in_forty_digits() -> None:
    # eps/x^3 with x = 0.1 is 2e-13, a few of it with the terms of the numerator
    with mpmath.workdps(40):
        for r in (1e-16, 1e-4, 0.89, 0.8999, 0.9001, 0.99, 1.0 - 1e-9, 1.0 + 1e-9, 1.0999, 1.1001, 30.0, 1e12):
            R = mpmath.mpf(r)
            fermion = (-(3 - 4 * R + R**2) - 2 * mpmath.log(R)) / (2 * (1 - R) ** 3)
            scalar = (1 - R**2 + 2 * R * mpmath.log(R)) / (2 * (1 - R) ** 3)
            assert float(fermion_loop(r)) == pytest.approx(float(fermion), rel=1e-12, abs=0)
            assert float(scalar_loop(r)) == pytest.approx(float(scalar), rel=1e-12, abs=0)
    assert float(fermion_loop(1.0)) == pytest.approx(1.0 / 3.0, rel=1e-15, abs=0)
    assert float(scalar_loop(1.0)) == pytest.approx(1.0 / 6.0, rel=1e-15, abs=0)


def test_loops_of_a_light_fermion() -> None:
    # the next terms are of order r ln r = 2e-9 at r = 1e-10
    r = 1e-10
    assert float(fermion_loop(r)) == pytest.approx(-np.log(r) - 1.5, rel=1e-8, abs=0)
    assert float(scalar_loop(r)) == pytest.approx(0.5, rel=1e-8, abs=0)


def test_the_same_loops_give_the_known_factor_of_the_muon() -> None:
    # S_1 with muon and top: 7/6 + (2/3) ln r, up to r ln r = 2e-7 at r = 1e-8
    r = 1e-8
    known = 7.0 / 6.0 + 2.0 / 3.0 * np.log(r)
    assert float(dipole_loop(r, Q_fermion=-2.0 / 3.0, Q_scalar=-1.0 / 3.0)) == pytest.approx(known, rel=1e-6, abs=0)


def test_moment_of_the_leptoquark() -> None:
    # numbers of the physics notes, to their last digit
    at_1_TeV = {"m_b_GeV": 4.18}
    assert float(leptoquark.moment_muB(0.05, 1.0, **at_1_TeV)) == pytest.approx(1.347e-11, rel=5e-4, abs=0)
    talk = float(leptoquark.moment_muB(0.05, 1.0, formula="talk", **at_1_TeV))
    assert talk == pytest.approx(2.964e-11, rel=5e-4, abs=0)
    # where only the logarithm is kept, the leptoquark must be heavier than the quark
    with pytest.raises(DomainError, match="M_LQ_TeV must exceed m_b_GeV"):
        leptoquark.moment_muB(0.05, [1.0, 4.18e-3], formula="talk", **at_1_TeV)
    # the leading logarithm with the constant of the loop: 1 + ln r, up to r ln r = 2e-4
    r = (4.18e-3) ** 2
    closed = 2.0 * M_E_MEV * 4180.0 * 0.05 / (16.0 * np.pi**2 * 1e12) * abs(1.0 + np.log(r))
    assert float(leptoquark.moment_muB(0.05, 1.0, **at_1_TeV)) == pytest.approx(closed, rel=3e-4, abs=0)


def test_dirac_mass_of_the_leptoquark_is_the_logarithm_of_the_cutoff() -> None:
    # the loop without the photon up to a cutoff Lambda, at 1 TeV; the bottom quark is not in its logarithm
    M, m_b, product = 1e6, 4180.0, 0.05

    def cut_off_MeV(Lambda: float, quark: float) -> float:
        def integrand(t: float) -> float:
            return np.exp(2.0 * t) / ((np.exp(t) + (quark / M) ** 2) * (np.exp(t) + 1.0))

        integral = quad(integrand, -80.0, 2.0 * np.log(Lambda / M), epsrel=1e-11, limit=500)[0]
        return 3.0 * product * m_b / (16.0 * np.pi**2) * integral

    per_log = float(leptoquark.dirac_mass_MeV(product, m_b_GeV=4.18))
    assert per_log == pytest.approx(3.9705, rel=1e-4, abs=0)
    for ratio in (30.0, 300.0):
        log = 2.0 * np.log(ratio)
        mass = float(leptoquark.dirac_mass_MeV(product, m_b_GeV=4.18, log=log))
        # up to 1/ratio^2 = 1e-3 in the logarithm, and r ln r = 2e-4
        assert cut_off_MeV(ratio * M, m_b) / per_log == pytest.approx(mass / per_log, abs=2e-3)
        assert cut_off_MeV(ratio * M, 1e-3 * m_b) / per_log == pytest.approx(mass / per_log, abs=2e-3)


def test_moment_scales_with_couplings_and_mass_and_can_be_inverted() -> None:
    masses = np.array([0.7, 1.0, 5.0])
    moments = leptoquark.moment_muB(0.05, masses, m_b_GeV=4.18)
    np.testing.assert_allclose(leptoquark.moment_muB(0.10, masses, m_b_GeV=4.18), 2.0 * moments, rtol=1e-14)
    logs = np.log((4.18e-3 / masses) ** 2) + 1.0
    # (TeV/M)^2 up to the logarithm
    np.testing.assert_allclose(moments * masses**2 / np.abs(logs), (moments / np.abs(logs))[1], rtol=1e-3)
    for formula in ("one-loop", "talk"):
        again = leptoquark.moment_muB(
            leptoquark.coupling_product(3e-12, masses, m_b_GeV=4.18, formula=formula),
            masses,
            m_b_GeV=4.18,
            formula=formula,
        )
        np.testing.assert_allclose(again, 3e-12, rtol=1e-13)


def test_naturalness_line_and_mass_are_each_other_inverted() -> None:
    assert float(naturalness.dirac_mass_MeV(1e-11, Lambda_TeV=1.0)) == pytest.approx(19.57, rel=1e-4, abs=0)
    assert float(naturalness.natural_moment_muB(1.0, Lambda_TeV=1.0, s_max=1.0)) == pytest.approx(
        5.11e-13, rel=1e-4, abs=0
    )
    line = naturalness.natural_moment_muB(
        np.array([3.0, 300.0]), Lambda_TeV=3.0, s_max=1e-3, delta=0.1, estimate="half"
    )
    masses = naturalness.dirac_mass_MeV(line, Lambda_TeV=3.0, delta=0.1, estimate="half")
    np.testing.assert_allclose(masses, 1e-3 * np.array([3.0, 300.0]), rtol=1e-13)
    # a symmetry that is broken by delta relaxes the line by 1/delta, half the mass by 2
    plain = naturalness.natural_moment_muB(np.array([3.0, 300.0]), Lambda_TeV=3.0, s_max=1e-3)
    np.testing.assert_allclose(line, 20.0 * plain, rtol=1e-13)


def test_the_symmetry_that_a_moment_needs() -> None:
    natural = naturalness.natural_moment_muB(10.0, Lambda_TeV=2.0, s_max=0.1)
    delta = float(naturalness.largest_breaking(7.0 * natural, 10.0, Lambda_TeV=2.0, s_max=0.1))
    assert delta == pytest.approx(1.0 / 7.0, rel=1e-13, abs=0)
    # with that breaking the mixing is the largest that is allowed, and a smaller moment needs no symmetry
    mass = float(naturalness.dirac_mass_MeV(7.0 * natural, Lambda_TeV=2.0, delta=delta))
    assert mass / 10.0 == pytest.approx(0.1, rel=1e-13, abs=0)
    assert float(naturalness.largest_breaking(0.5 * natural, 10.0, Lambda_TeV=2.0, s_max=0.1)) == 1.0


def test_lifetime_and_its_line() -> None:
    # 3768 s and its powers are from the page of conventions, to four digits
    assert float(proper_lifetime_s(1.0, 1e-11)) == pytest.approx(3768.0, rel=2e-4, abs=0)
    assert float(proper_lifetime_s(2.0, 3e-11)) == pytest.approx(3768.0 / 72.0, rel=2e-4, abs=0)
    # d^2 M^3/(4 pi) in the other convention
    width_per_s = d_per_GeV_from_mu_muB(1e-11) ** 2 / (4.0 * np.pi) * 1e-9 / 6.582119569e-25
    assert float(proper_lifetime_s(1.0, 1e-11)) == pytest.approx(1.0 / width_per_s, rel=1e-8, abs=0)
    masses = np.geomspace(1e-2, 1e3, 7)
    for majorana in (False, True):
        line = lifetime_line_muB(masses, tau_s=0.1, majorana=majorana)
        again = [float(proper_lifetime_s(m, mu, majorana=majorana)) for m, mu in zip(masses, line, strict=True)]
        np.testing.assert_allclose(again, 0.1, rtol=1e-13)
    np.testing.assert_allclose(lifetime_line_muB(masses, tau_s=0.1), np.sqrt(2.0) * line, rtol=1e-13)
    assert float(lifetime_line_muB(1.0, tau_s=1.0)) == pytest.approx(6.14e-10, rel=5e-4, abs=0)


def test_type_I_seesaw_against_the_eigenvalues_of_its_mass_matrix() -> None:
    # a light neutrino that is not much lighter, so that what is exact differs from the leading power; in MeV
    m_nu, m_nuN = 0.2, 3.0
    M_N = float(type_I_mass_MeV(m_nuN, 1e6 * m_nu))
    values, vectors = np.linalg.eigh(np.array([[0.0, m_nuN], [m_nuN, M_N - m_nu]]))
    np.testing.assert_allclose(values, [-m_nu, M_N], rtol=1e-13)
    assert float(type_I_sin_theta(m_nuN, 1e6 * m_nu)) == pytest.approx(abs(vectors[0, 1]), rel=1e-13, abs=0)


def test_inverse_seesaw_against_the_singular_values_of_its_mass_matrix() -> None:
    for m_nuN, m_N in ((1.0, 100.0), (5.0, 3.0)):
        states = inverse_seesaw(m_nuN, m_N)
        left, values, _ = np.linalg.svd(np.array([[m_nuN], [m_N]]))
        assert float(states.M_N_MeV) == pytest.approx(values[0], rel=1e-13, abs=0)
        assert float(states.sin_theta) == pytest.approx(abs(left[0, 0]), rel=1e-13, abs=0)
        # the dipole joins nu_L to N_R: its share is that of nu_L in each left-handed state
        assert float(states.light_heavy_muB(1e-11)) == pytest.approx(1e-11 * abs(left[0, 1]), rel=1e-13, abs=0)
        assert float(states.heavy_heavy_muB(1e-11)) == pytest.approx(1e-11 * abs(left[0, 0]), rel=1e-13, abs=0)


def test_other_estimates() -> None:
    assert float(type_I_mass_MeV(1.0, 0.05)) == pytest.approx(20e6, rel=1e-12, abs=0)
    assert float(type_I_sin_theta(1.0, 0.05)) == pytest.approx(5e-8, rel=1e-12, abs=0)
    assert float(dipole_over_mixing_muB(1.0, 1e-3)) == pytest.approx(3.94e-11, rel=1e-3, abs=0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: leptoquark.moment_muB(0.0, 1.0, m_b_GeV=4.18),
        lambda: leptoquark.moment_muB(0.05, float("inf"), m_b_GeV=4.18),
        lambda: leptoquark.moment_muB(0.05, 1.0, m_b_GeV=4.18, formula="guess"),
        lambda: naturalness.natural_moment_muB(1.0, Lambda_TeV=1.0, s_max=1.5),
        lambda: naturalness.dirac_mass_MeV(1e-11, Lambda_TeV=1.0, estimate="third"),
        lambda: inverse_seesaw(-1.0, 1.0),
        lambda: fermion_loop(float("nan")),
        lambda: scalar_loop(1e160),
        lambda: leptoquark.moment_muB(1e-30, 1e200, m_b_GeV=4.18),
        lambda: proper_lifetime_s(1e-200, 1e-11),
        lambda: lifetime_line_muB(1.0, tau_s=0.0),
        lambda: type_I_mass_MeV(1e-6, 1.0),
        lambda: naturalness.largest_breaking(1e-11, 1.0, Lambda_TeV=1.0, s_max=2.0),
    ],
)
def test_impossible_arguments_are_refused(call) -> None:
    with pytest.raises(DomainError):
        call()


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ("leptoquark --y1y2 0.05 --M-LQ-TeV 1", "mu_nu_muB", 1.347e-11),
        ("leptoquark --y1y2 0.05 --M-LQ-TeV 1 --formula talk", "mu_nu_muB", 2.964e-11),
        ("naturalness --mu-muB 1e-11 --Lambda-TeV 1", "m_nuN_MeV", 19.57),
        ("leptoquark --y1y2 0.05 --M-LQ-TeV 1 --log 2", "m_nuN_MeV", 7.941),
        ("naturalness --mass-MeV 1 --Lambda-TeV 1 --s-max 0.1", "mu_nat_muB", 5.11e-14),
        ("naturalness --mu-muB 1e-11 --Lambda-TeV 1 --delta 0.1 --estimate half", "m_nuN_MeV", 0.9785),
        ("voloshin --mu-muB 1e-11 --mass-MeV 100 --Lambda-TeV 1 --s-max 1e-3", "delta_max", 5.11e-3),
        ("seesaw --m-nuN-MeV 3 --m-N-MeV 4", "M_N_MeV", 5.0),
        ("type-I --m-nuN-MeV 1 --m-nu-eV 0.05", "M_N_MeV", 2e7),
        ("mixing --T-GeV 1 --sin-theta 1e-3", "mu_nu_muB", 3.936e-11),
        ("type-I --m-nuN-MeV 1 --m-nu-eV 0.05", "sin_theta", 5e-8),
        ("lifetime --mass-MeV 1 --mu-muB 1e-11 --majorana", "tau_N_s", 1884.2),
        ("lifetime --mass-MeV 1 --tau-s 3768.4", "mu_nu_muB", 1e-11),
    ],
)
def test_the_command_says_the_same(words: str, name: str, value: float, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", *words.split(), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    # as many digits as the numbers here have
    assert answer["quantities"][name] == pytest.approx(value, rel=5e-4, abs=0)
    # every number has its unit, and what went in is said
    numbers = {key for key, each in answer["inputs"].items() if type(each) is float}
    assert answer["units"].keys() == numbers | answer["quantities"].keys()
    assert main(["model", *words.split()]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [
        *(["in", key] for key in answer["inputs"]),
        *(["out", key] for key in answer["quantities"]),
    ]


@pytest.mark.parametrize(
    ("words", "units"),
    [
        (
            "leptoquark --y1y2 0.05 --M-LQ-TeV 1",
            {"y1y2": "1", "M_LQ_TeV": "TeV", "m_b_GeV": "GeV", "log": "1", "mu_nu_muB": "mu_B", "m_nuN_MeV": "MeV"},
        ),
        ("lifetime --mass-MeV 1 --tau-s 9", {"M_N_MeV": "MeV", "tau_N_s": "s", "mu_nu_muB": "mu_B"}),
        ("type-I --m-nuN-MeV 1", {"m_nuN_MeV": "MeV", "m_nu_eV": "eV", "M_N_MeV": "MeV", "sin_theta": "1"}),
        (
            "naturalness --mass-MeV 1 --Lambda-TeV 2",
            {"M_N_MeV": "MeV", "s_max": "1", "delta": "1", "Lambda_TeV": "TeV", "mu_nat_muB": "mu_B"},
        ),
    ],
)
def test_names_and_units_of_the_command(words: str, units: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", *words.split(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["units"] == units


def test_an_impossible_point_is_an_error_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "leptoquark", "--y1y2", "-1", "--M-LQ-TeV", "1"]) == 1
    assert "y1y2 must be positive" in capsys.readouterr().err
    assert main(["model", "naturalness", "--mu-muB", "1e-11", "--Lambda-TeV", "1", "--s-max", "0.1"]) == 1
    assert "--s-max belongs to --mass-MeV" in capsys.readouterr().err


@pytest.mark.parametrize("line", [line.strip() for line in EXAMPLES.splitlines()[1:]])
def test_the_examples_of_the_help_run(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = line.split()[1:]
    assert main(words) == 0
    assert words[1] in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([*words[:2], "--help"])
    assert line in capsys.readouterr().out
