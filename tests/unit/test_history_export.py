"""A history as a table for other codes: its units, its derivatives, its baryons, and the command that prints it."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nudipole.cli.main import main
from nudipole.constants import HBAR_MEV_S, HBARC_MEV_CM, M_PLANCK_MEV, T_CMB_MEV
from nudipole.cosmology.export import COLUMNS, baryon_density_MeV3, cosmo_frame, cosmo_text, free_streaming, sampled
from nudipole.cosmology.history import History
from nudipole.errors import DomainError

ROOT = Path(__file__).resolve().parents[2]
OMEGA_B_H2 = 0.02237
ETA = 6.137e-10
"""Baryons per photon at Omega_b h^2 = 0.02242 (arXiv:2408.14538)."""


@pytest.fixture
def radiation():
    """Photons alone: T = T_0/a, H^2 = 8 pi^3 T^4/(45 M_Pl^2), t = 1/(2H)."""
    ln_a = np.linspace(np.log(T_CMB_MEV / 20.0), np.log(T_CMB_MEV / 1e-3), 60)
    ln_T = np.log(T_CMB_MEV) - ln_a
    H = np.sqrt(8.0 * np.pi**3 / 45.0) * np.exp(2.0 * ln_T) / M_PLANCK_MEV / HBAR_MEV_S
    one = np.ones_like(ln_a)
    rho = np.pi**2 / 15.0 * np.exp(4.0 * ln_T)
    return History(ln_a, 0.5 / H, ln_T, -one, ln_T + np.log(0.7), -one, np.log(H), -2.0 * one, rho, 0.0 * one)


def test_closed_form(radiation):
    frame = cosmo_frame(radiation, OMEGA_B_H2, points=301)
    T = frame["T_gamma_MeV"].to_numpy()
    H = np.sqrt(8.0 * np.pi**3 / 45.0) * T**2 / M_PLANCK_MEV
    # a cubic reproduces straight lines in ln a to rounding
    np.testing.assert_allclose(frame["H_MeV"], H, rtol=1e-12)
    np.testing.assert_allclose(frame["dT_gamma_dt_MeV2"], -H * T, rtol=1e-12)
    np.testing.assert_allclose(frame["T_nu_MeV"], 0.7 * T, rtol=1e-12)
    np.testing.assert_allclose(frame["t_s"], 0.5 * HBAR_MEV_S / H, rtol=1e-12)


def test_derivative_is_that_of_the_columns(radiation):
    # bent histories: ln T and ln H with wiggles, and time as the integral of 1/H
    x = np.linspace(0.0, 10.0, 400)
    ln_T, slope = 3.0 - x + 0.05 * np.sin(2.0 * x), -1.0 + 0.1 * np.cos(2.0 * x)
    ln_H, slope_H = 1.0 - 2.0 * x, np.full_like(x, -2.0)
    t = 0.5 * np.exp(2.0 * x - 1.0)
    unused = np.ones_like(x)
    history = History(x, t, ln_T, slope, ln_T, slope, ln_H, slope_H, unused, unused)
    frame = cosmo_frame(history, OMEGA_B_H2, points=4001)
    T, t_MeV = frame["T_gamma_MeV"].to_numpy(), frame["t_s"].to_numpy() / HBAR_MEV_S
    numerical = np.gradient(np.log(T), np.log(t_MeV)) * T / t_MeV
    # central differences: (0.005)^2/6 times the third derivative of ln T, 0.4
    np.testing.assert_allclose(frame["dT_gamma_dt_MeV2"].to_numpy()[1:-1], numerical[1:-1], rtol=1e-5)


def test_baryons_thin_with_the_volume():
    ln_a = np.array([-20.0, -1.0, 0.0])
    n_b = baryon_density_MeV3(ln_a, OMEGA_B_H2)
    np.testing.assert_allclose(n_b / n_b[-1], np.exp(-3.0 * ln_a), rtol=1e-12)
    # eta n_gamma = eta 2 zeta(3) T^3/pi^2; eta has four digits
    photons = 2.0 * 1.2020569031595942 / np.pi**2 * T_CMB_MEV**3
    assert n_b[-1] == pytest.approx(ETA * OMEGA_B_H2 / 0.02242 * photons, rel=2e-4)
    assert n_b[-1] / HBARC_MEV_CM**3 == pytest.approx(2.515e-7, rel=2e-3)  # per cm^3


def test_text_is_what_genfromtxt_reads(radiation):
    frame = cosmo_frame(radiation, OMEGA_B_H2, points=50)
    text = cosmo_text(frame, "a title")
    assert text.splitlines()[:2] == [
        "# a title",
        "# t[s] T_gamma[MeV] dT_gamma_dt[MeV^2] T_nu[MeV] H[MeV] n_b[MeV^3]",
    ]
    np.testing.assert_allclose(np.genfromtxt(io.StringIO(text)), frame.to_numpy(), rtol=1e-14)


def test_outside_the_history_is_refused(radiation):
    with pytest.raises(DomainError, match="ln_a must lie in the history"):
        sampled(radiation, radiation.ln_a - 0.1)
    with pytest.raises(DomainError, match="points must be at least 2"):
        cosmo_frame(radiation, OMEGA_B_H2, points=1)


def test_free_streaming_goes_on_as_radiation(radiation):
    longer = free_streaming(radiation, 1e-7)
    assert longer.T_gamma_MeV[-1] == pytest.approx(1e-7, rel=1e-12)
    frame = cosmo_frame(longer, OMEGA_B_H2, points=777)
    T, H = frame["T_gamma_MeV"].to_numpy(), frame["H_MeV"].to_numpy()
    np.testing.assert_allclose(H, np.sqrt(8.0 * np.pi**3 / 45.0) * T**2 / M_PLANCK_MEV, rtol=1e-12)
    np.testing.assert_allclose(frame["t_s"], 0.5 * HBAR_MEV_S / H, rtol=1e-9)
    assert free_streaming(radiation, 1.0) is radiation
    with pytest.raises(DomainError, match="positive and finite"):
        free_streaming(radiation, 0.0)
    with pytest.raises(DomainError, match="N has not decayed"):
        free_streaming(replace(radiation, rho_N_MeV4=1e-3 * radiation.rho_MeV4), 1e-7)


def command(capsys, *words):
    status = main(["history", "--project", str(ROOT), *words])
    return status, *capsys.readouterr()


def test_command_writes_the_file(capsys, tmp_path):
    path = tmp_path / "cosmo_file.dat"
    point = ["--mass-MeV", "3", "--mu-muB", "1e-10", "--points", "500"]
    settings = ["--set", "cosmology.equations=integrated", "--set", "cosmology.initial=thermal"]
    status, out, err = command(capsys, *point, *settings, "--output", str(path), "--json")
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert told["units"] == COLUMNS
    assert (told["initial"], told["status"]) == ("thermal", "ok")
    columns = np.array([told["columns"][name] for name in COLUMNS])
    np.testing.assert_allclose(np.genfromtxt(path).T, columns, rtol=1e-14)
    t, T, slope, T_nu, H, n_b = columns
    assert T[0] == pytest.approx(100.0, rel=1e-6)
    assert (np.diff(t) > 0.0).all()
    assert (np.diff(T) < 0.0).all()
    # time: differences of t in steps of 0.02 in ln a, of fourth order at best by the trapezium, 1e-4
    steps = np.diff(t) / HBAR_MEV_S * np.sqrt(H[1:] * H[:-1])
    np.testing.assert_allclose(steps, np.log(n_b[:-1] / n_b[1:]) / 3.0, rtol=2e-4)
    # N releases entropy: neutrinos and photons both end elsewhere than at (4/11)^{1/3}
    assert T_nu[-1] / T[-1] != pytest.approx((4.0 / 11.0) ** (1.0 / 3.0), rel=1e-3)
    np.testing.assert_allclose(slope[-20:], -H[-20:] * T[-20:], rtol=1e-6)


def test_command_for_the_standard_model(capsys):
    status, out, err = command(capsys, "--mass-MeV", "1", "--mu-muB", "0", "--points", "40")
    assert (status, err) == (0, "")
    assert out.startswith("# nudipole history: M_N = 1 MeV, mu_nu = 0 mu_B")
    assert np.genfromtxt(io.StringIO(out)).shape == (40, len(COLUMNS))


def test_command_tells_what_is_wrong(capsys, tmp_path):
    status, out, err = command(capsys, "--mass-MeV", "3", "--mu-muB", "-1")
    assert (status, out) == (1, "")
    assert "mu_nu" in err
    missing = tmp_path / "none" / "cosmo_file.dat"
    status, out, err = command(capsys, "--mass-MeV", "3", "--mu-muB", "0", "--output", str(missing))
    assert (status, out) == (1, "")
    assert "cannot write" in err
