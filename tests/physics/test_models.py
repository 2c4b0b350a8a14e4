"""Models behind the moment: loops against their Feynman integrals and limits, estimates against published numbers."""

import json

import numpy as np
import pytest
from scipy.integrate import quad

from nudipole.cli.main import main
from nudipole.constants import M_E_MEV
from nudipole.errors import DomainError
from nudipole.models import leptoquark, naturalness
from nudipole.models.loops import SERIES_BELOW, dipole_loop, fermion_loop, scalar_loop
from nudipole.models.seesaw import dipole_over_mixing_muB, inverse_seesaw, type_I_mass_MeV

RATIOS = (1e-4, 0.01, 0.5, 1.0 - SERIES_BELOW - 1e-9, 1.0 - SERIES_BELOW + 1e-9, 1.0, 1.05, 1.2, 50.0)


@pytest.mark.parametrize("r", RATIOS)
def test_loops_are_their_feynman_integrals(r: float) -> None:
    # quad is good to 1e-10 near the peak at t = 1, and the closed forms lose eps/x^3 = 2e-13 where the series ends
    fermion = quad(lambda t: t * t / (1.0 - (1.0 - r) * t), 0.0, 1.0, epsrel=1e-11, limit=200)[0]
    scalar = quad(lambda t: t * (1.0 - t) / (1.0 - (1.0 - r) * t), 0.0, 1.0, epsrel=1e-11, limit=200)[0]
    assert float(fermion_loop(r)) == pytest.approx(fermion, rel=1e-9, abs=0)
    assert float(scalar_loop(r)) == pytest.approx(scalar, rel=1e-9, abs=0)


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
    assert float(leptoquark.dirac_mass_MeV(0.05, 1.0, **at_1_TeV)) == pytest.approx(3.97 * 10.955, rel=1e-3, abs=0)
    # the leading logarithm with the constant of the loop: 1 + ln r, up to r ln r = 2e-4
    r = (4.18e-3) ** 2
    closed = 2.0 * M_E_MEV * 4180.0 * 0.05 / (16.0 * np.pi**2 * 1e12) * abs(1.0 + np.log(r))
    assert float(leptoquark.moment_muB(0.05, 1.0, **at_1_TeV)) == pytest.approx(closed, rel=3e-4, abs=0)


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
        ("naturalness --mass-MeV 1 --Lambda-TeV 1 --s-max 0.1", "mu_nat_muB", 5.11e-14),
        ("seesaw --m-nuN-MeV 3 --m-N-MeV 4", "M_N_MeV", 5.0),
        ("type-I --m-nuN-MeV 1 --m-nu-eV 0.05", "M_N_MeV", 2e7),
        ("mixing --T-GeV 1 --sin-theta 1e-3", "mu_nu_muB", 3.936e-11),
        ("lifetime --mass-MeV 1 --mu-muB 1e-11 --majorana", "tau_N_s", 1884.2),
    ],
)
def test_the_command_says_the_same(words: str, name: str, value: float, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", *words.split(), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    # as many digits as the numbers here have
    assert answer["quantities"][name] == pytest.approx(value, rel=5e-4, abs=0)
    assert answer["units"].keys() == answer["quantities"].keys()
    assert main(["model", *words.split()]) == 0
    assert name in capsys.readouterr().out


def test_an_impossible_point_is_an_error_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["model", "leptoquark", "--y1y2", "-1", "--M-LQ-TeV", "1"]) == 1
    assert "y1y2 must be positive" in capsys.readouterr().err
