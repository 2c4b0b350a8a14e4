"""Solar sources: spectra against Bahcall's tables, flavour conversion against formulas, moments against quadrature."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import integrate
from scipy.interpolate import CubicSpline

from nudipole.cli.project import bundled_tables, catalog_of
from nudipole.config.load import load_config
from nudipole.config.model import SolarConfig
from nudipole.constraints.solar_inputs import flux_widths, oscillation, production_region, solar_flux_moments
from nudipole.sources import beta_spectra
from nudipole.sources.beta_spectra import BETA_DECAYS, beta_shape
from nudipole.sources.moments import moments_at
from nudipole.sources.moments_table import UNITS, moments_frame, moments_from_frame
from nudipole.sources.msw import ConversionTable, Oscillation, matter_potential_eV, pmns_matrix
from nudipole.sources.solar import SOURCES, WinterSpectrum

ROOT = Path(__file__).resolve().parents[2]
SURVIVAL = ROOT.parent / "shared" / "data" / "solar" / "survival"
TABLES = bundled_tables(ROOT, catalog_of(ROOT, load_config(ROOT)))
BAHCALL = {
    "pp": "pp_spectrum_bahcall1997",
    "hep": "hep_spectrum_bahcall1997",
    "13N": "n13_spectrum_bahcall1988",
    "15O": "o15_spectrum_bahcall1988",
    "17F": "f17_spectrum_bahcall1988",
}
NUFIT = ("nufit60", "nufit41")
DECAY = {decay.source: decay for decay in BETA_DECAYS}


def mixing(name):
    return oscillation(TABLES, SolarConfig("BS05-OP", name, {}))


@cache
def moments(model="BS05-OP", name="nufit60", nodes=400):
    return solar_flux_moments(TABLES, SolarConfig(model, name, {}), nodes)


def flux(model, source):
    return float(TABLES("solar_fluxes").query("model == @model and source == @source")["flux_per_cm2_s"].iloc[0])


@cache
def normalisation(source):
    """int shape dE, by quad on a grid of its own."""
    E_max = DECAY[source].E_max_MeV
    edges = E_max * np.array([0.0, 0.2, 0.5, 0.8, 0.95, 0.99, 0.999, 1.0])
    pieces = [
        integrate.quad(lambda E: float(beta_shape(E, DECAY[source])), a, b, epsabs=0, epsrel=1e-10)[0]
        for a, b in pairwise(edges)
    ]
    return sum(pieces)


# ---- spectra


@pytest.mark.parametrize("source", BAHCALL)
def test_computed_spectra_are_bahcalls(source):
    # 1e-3 of the peak: the tables have four or five digits, pp (9e-4) also another treatment of its initial state.
    table = TABLES(BAHCALL[source])
    E, expected = table["E_nu_MeV"].to_numpy(), table["dN_dE_per_MeV"].to_numpy()
    computed = beta_shape(E, DECAY[source]) / normalisation(source)
    assert np.abs(computed - expected).max() <= 1e-3 * expected.max()


@pytest.mark.parametrize("source", BAHCALL)
def test_the_comparison_notices_another_end_point_or_coupling(source, monkeypatch):
    table = TABLES(BAHCALL[source])
    E, expected = table["E_nu_MeV"].to_numpy(), table["dN_dE_per_MeV"].to_numpy()

    def deviation(decay):
        shape = beta_shape(E, decay)
        return np.abs(shape / integrate.trapezoid(shape, E) - expected).max() / expected.max()

    for factor in (0.95, 1.05):
        moved = beta_spectra.BetaDecay(
            source, factor * DECAY[source].E_max_MeV, DECAY[source].Z_daughter, DECAY[source].A_daughter
        )
        assert deviation(moved) > 1e-2
    with monkeypatch.context() as patch:
        patch.setattr(beta_spectra, "M_E_MEV", 1.05 * beta_spectra.M_E_MEV)
        heavier = deviation(DECAY[source])
    assert heavier > (1.2e-3 if source != "hep" else 4e-4) > 0


def test_fermi_function_of_a_small_charge():
    # F -> 1 + pi eta for alpha Z -> 0, up to (alpha Z)^2 and the finite radius: 2 % at Z = 1, W = 1.5 m.
    p = np.array([0.5, 1.0, 5.0])
    one, two = (beta_spectra.fermi_function(p, Z, 1) / beta_spectra.fermi_function(p, 0, 1) for Z in (1, 2))
    eta = -np.sqrt(p**2 + 0.511**2) / p / 137.036
    np.testing.assert_allclose(one, 1 + np.pi * eta, atol=1e-3)
    np.testing.assert_allclose(two, 1 + 2 * np.pi * eta, atol=4e-3)
    assert (one < 1).all()


def test_boron_spectrum():
    # Mean energy: 6.770 MeV is the trapezoid of the table itself; Bahcall 1996 has 6.735 +- 0.036 for the older data,
    # so 5 % in either scale would stand out. The table has three digits at its peak: 1e-3.
    table = TABLES("b8_spectrum_winter2006")
    E, density = table["E_nu_MeV"].to_numpy(), table["dN_dE_per_MeV"].to_numpy()
    winter = WinterSpectrum(E, density)
    fine = np.linspace(0.0, winter.E_max_MeV, 20001)
    norm = integrate.simpson(winter(fine), x=fine)
    assert norm == pytest.approx(1.0, abs=2e-3)
    mean = integrate.simpson(fine * winter(fine), x=fine) / norm
    assert mean == pytest.approx(6.770, rel=1e-3, abs=0)
    assert mean == pytest.approx(integrate.trapezoid(E * density, E) / integrate.trapezoid(density, E), rel=1e-4, abs=0)
    assert mean == pytest.approx(6.735, abs=0.036)
    assert winter.E_max_MeV == pytest.approx(15.3, abs=1e-9)
    inside = winter.E_max_MeV > E
    np.testing.assert_allclose(winter(E[inside]), density[inside], rtol=1e-12)
    # between 15.2 and 15.3 MeV, where the table falls to zero: 2e-6 of the flux
    tail = integrate.simpson(winter(np.linspace(15.2, 15.3, 101)), dx=1e-3)
    assert tail < 5e-6


# ---- flavour conversion


@pytest.mark.parametrize("name", NUFIT)
def test_mixing_matrix_is_unitary(name):
    U = pmns_matrix(mixing(name))
    np.testing.assert_allclose(U @ U.conj().T, np.eye(3), rtol=0, atol=1e-15)
    assert abs(U[0, 2]) ** 2 == pytest.approx(mixing(name).sin2_theta13, rel=1e-14, abs=0)
    # Jarlskog invariant: the sign of the phase and its place.
    o = mixing(name)
    sin2 = np.array([o.sin2_theta12, o.sin2_theta13, o.sin2_theta23])
    s, c = np.sqrt(sin2), np.sqrt(1 - sin2)
    jarlskog = s[0] * c[0] * s[1] * c[1] ** 2 * s[2] * c[2] * np.sin(np.radians(o.delta_cp_deg))
    assert (U[0, 0] * U[1, 1] * U[0, 1].conj() * U[1, 0].conj()).imag == pytest.approx(jarlskog, rel=1e-12, abs=0)


def test_matter_potential():
    # 7.63e-14 eV Y_e rho/(g cm^-3), three digits (textbooks; N_A/cm^3 is one g/cm^3 of electrons).
    assert float(matter_potential_eV(np.array(1.0))) == pytest.approx(7.63e-14, rel=1e-3, abs=0)


@pytest.mark.parametrize("name", NUFIT)
@pytest.mark.parametrize("model", ["BS05-OP", "B16-GS98"])
def test_probabilities_add_up_to_one(name, model):
    table, region = ConversionTable(mixing(name)), production_region(TABLES, model)
    E = np.geomspace(1e-6, 20.0, 200)
    for source in SOURCES:
        P = table.probability(E, region.n_e_NA_per_cm3, region.fraction[source])
        # the spline in A keeps the sum of the weights to its own accuracy
        np.testing.assert_allclose(P.sum(axis=1), 1.0, rtol=0, atol=1e-9)
        assert ((P > 0) & (P < 1)).all()


@pytest.mark.parametrize("name", NUFIT)
def test_conversion_in_vacuum_and_in_dense_matter(name):
    # Vacuum: sum_i |U_ei|^2 |U_ai|^2, corrections of order A/dm21 = 1e-3 at 1 keV in the Sun.
    # Dense, dm21 << A << dm31: nu_e is nu_2^m and P_ee = s12^2 c13^4 + s13^4, corrections A/dm31 = 3e-4 times s13^2
    # and (dm21/A)^2 = 2e-6.
    o = mixing(name)
    table, U2 = ConversionTable(o), np.abs(pmns_matrix(o)) ** 2
    one = np.ones(1)
    low = table.probability(np.array([1e-4]), np.array([100.0]), one)[0]
    np.testing.assert_allclose(low, U2 @ U2[0], atol=2e-4)
    c13 = 1 - o.sin2_theta13
    expected = (o.sin2_theta12**2 + (1 - o.sin2_theta12) ** 2) * c13**2 + o.sin2_theta13**2
    assert low[0] == pytest.approx(expected, abs=2e-4)
    # The Sun is not dense enough for the limit at one energy; a tiny solar splitting is the same limit.
    degenerate = Oscillation(o.sin2_theta12, o.sin2_theta13, o.sin2_theta23, o.delta_cp_deg, 1e-9, o.dm2_31_eV2)
    dense = ConversionTable(degenerate).probability(np.array([1.0]), np.array([5.0]), one)[0]
    assert dense[0] == pytest.approx(o.sin2_theta12 * c13**2 + o.sin2_theta13**2, abs=5e-5)


@pytest.mark.parametrize("name", NUFIT)
def test_two_flavour_formula(name):
    # Parke: P = c13^4 (1/2 + 1/2 cos 2theta_12 cos 2theta_12^m) + s13^4, A -> A c13^2. Its error is of order
    # s13^2 A/dm31 (theta_13 in matter), 3e-3 at 15 MeV in the core; the exact weights must follow it that closely.
    o = mixing(name)
    E, n_e = np.geomspace(0.05, 15.0, 40), np.array([100.0])
    exact = ConversionTable(o).probability(E, n_e, np.ones(1))[:, 0]
    c13 = 1 - o.sin2_theta13
    A = 2e6 * E * float(matter_potential_eV(n_e)[0])
    cos2, sin2 = 1 - 2 * o.sin2_theta12, 2 * np.sqrt(o.sin2_theta12 * (1 - o.sin2_theta12))
    x = cos2 - c13 * A / o.dm2_21_eV2
    parke = c13**2 * 0.5 * (1 + cos2 * x / np.sqrt(x**2 + sin2**2)) + o.sin2_theta13**2
    np.testing.assert_allclose(exact, parke, atol=5e-3)
    np.testing.assert_allclose(exact[E < 1.0], parke[E < 1.0], atol=1e-3)
    assert exact[0] - exact[-1] > 0.2


def test_inverted_ordering():
    # Solar conversion hardly knows the ordering: the same to s13^2 A/dm31, twice.
    o = mixing("nufit60")
    inverted = Oscillation(
        o.sin2_theta12, o.sin2_theta13, o.sin2_theta23, o.delta_cp_deg, o.dm2_21_eV2, -o.dm2_31_eV2 + o.dm2_21_eV2
    )
    E, n_e = np.geomspace(0.1, 15.0, 20), np.array([90.0])
    both = [ConversionTable(x).probability(E, n_e, np.ones(1)) for x in (o, inverted)]
    np.testing.assert_allclose(both[0], both[1], atol=5e-3)
    assert np.abs(both[0] - both[1]).max() > 1e-5


@pytest.mark.skipif(not SURVIVAL.is_dir(), reason="../shared/data/solar/survival is not there (an extra check)")
@pytest.mark.parametrize(("name", "tolerance"), [("nufit60", 1e-4), ("nufit41", 1e-3)])
def test_agreement_with_a_table_computed_elsewhere(name, tolerance):
    # 1e-4: production regions binned to 120 annuli, six printed digits. nufit41: that table used more digits of the
    # mixing angles than NuFIT's page prints (s12 0.309788 for 0.310).
    table = pd.read_csv(SURVIVAL / f"pee_bs05op_{name}_NO.csv", comment="#")
    conversion, region = ConversionTable(mixing(name)), production_region(TABLES, "BS05-OP")
    for source in SOURCES:
        P = conversion.probability(table["E_MeV"].to_numpy(), region.n_e_NA_per_cm3, region.fraction[source])
        expected = table[[f"{source}_ee", f"{source}_emu", f"{source}_etau"]].to_numpy()
        np.testing.assert_allclose(P, expected, rtol=0, atol=tolerance)


def test_conversion_of_low_and_high_energies():
    # Without ../shared: pp is close to vacuum, 8B close to dense matter; bounds from the two limits above.
    m = moments()
    converted = {
        source: float(m.Phi[row, 1:3, 0].sum() / m.Phi[row, 3, 0])
        for source, row in zip(m.source, m.offset[:-1], strict=True)
    }
    assert 0.44 < converted["pp"] < 0.47
    assert 0.62 < converted["8B"] < 0.68


# ---- moments


def density(source, model="BS05-OP"):
    """dPhi/dE as a function, from the spectrum itself."""
    if source == "8B":
        table = TABLES("b8_spectrum_winter2006")
        winter = WinterSpectrum(table["E_nu_MeV"].to_numpy(), table["dN_dE_per_MeV"].to_numpy())
        E = np.linspace(0.0, winter.E_max_MeV, 20001)
        norm = integrate.simpson(winter(E), x=E)
        return lambda x: flux(model, source) * float(winter(x)) / norm
    return lambda x: flux(model, source) * float(beta_shape(x, DECAY[source])) / normalisation(source)


@pytest.mark.parametrize("source", [*BAHCALL, "8B"])
def test_moments_are_integrals_of_the_spectrum(source):
    # Nodes of the table: rounding of quad (1e-9). Between them the Hermite interpolation: 1e-6 of the whole moment, and
    # 1e-4 of the moment itself up to 2 % below the end point. The normalisation of 8B is by Simpson, 1e-7.
    m = moments()
    c = m.source.index(source)
    own = slice(m.offset[c], m.offset[c + 1])
    E_max = m.E_max_MeV[c]
    region, table = production_region(TABLES, "BS05-OP"), ConversionTable(mixing("nufit60"))
    # P on a fine grid of its own, so that quad need not average over the Sun at every step
    grid = np.linspace(1e-6, E_max, 2000)
    P = CubicSpline(grid, table.probability(grid, region.n_e_NA_per_cm3, region.fraction[source])[:, 1])
    dPhi_dE = density(source)
    out = np.empty((4, 3))
    cuts = E_max * np.array([0.0, 0.013, 0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 0.98, 1.0])

    def integrand(E):
        powers = dPhi_dE(E) * E ** -np.arange(3.0)
        return np.array([powers, float(P(E)) * powers])

    pieces = [
        integrate.quad_vec(integrand, a, b, epsabs=1e-300, epsrel=1e-8, norm="max")[0]
        for a, b in pairwise(np.maximum(cuts, 1e-9))
    ]
    expected = np.cumsum(pieces[::-1], axis=0)[::-1]
    for i, E in enumerate(cuts[1:-1], start=1):
        moments_at(E, False, m.E_nu_MeV[own], m.Phi[own], m.dPhi_dE[own], out)
        for row, which in ((3, 0), (1, 1)):
            np.testing.assert_allclose(out[row], expected[i, which], rtol=1e-4)
            assert (np.abs(out[row] - expected[i, which]) < 3e-6 * expected[0, which]).all()
    np.testing.assert_allclose(m.Phi[own][0, 3], expected[0, 0], rtol=1e-6)


def test_total_fluxes_and_lines():
    # Phi_0(0) of `effective` is the flux (CODATA plays no role: rounding); a line has E^-k of it and nothing above.
    m = moments()
    total = {}
    for c, source in enumerate(m.source):
        total[source] = total.get(source, 0.0) + m.Phi[m.offset[c], 3, 0]
    for source in SOURCES:
        assert total[source] == pytest.approx(flux("BS05-OP", source), rel=1e-12, abs=0)
    c = m.source.index("pep")
    row = slice(m.offset[c], m.offset[c + 1])
    out = np.empty((4, 3))
    moments_at(1.442, True, m.E_nu_MeV[row], m.Phi[row], m.dPhi_dE[row], out)
    np.testing.assert_allclose(out[3], 1.421e8 * 1.442 ** -np.arange(3.0), rtol=1e-12)
    moments_at(1.4421, True, m.E_nu_MeV[row], m.Phi[row], m.dPhi_dE[row], out)
    assert (out == 0.0).all()
    # the two 7Be lines share the flux 0.897 : 0.103
    lines = [c for c, source in enumerate(m.source) if source == "7Be"]
    energies = {float(m.E_nu_MeV[m.offset[c]]): m.Phi[m.offset[c], 3, 0] / flux("BS05-OP", "7Be") for c in lines}
    assert energies == pytest.approx({0.8618: 0.897, 0.3843: 0.103}, rel=1e-12, abs=0)


FLUXES = {
    "BS05-OP": {"pp": 5.99e10, "pep": 1.42e8, "7Be": 4.84e9, "8B": 5.69e6, "13N": 3.07e8, "15O": 2.33e8, "17F": 5.84e6},
    "BS05-AGS-OP": {"pp": 6.06e10, "pep": 1.45e8, "7Be": 4.34e9, "8B": 4.51e6, "13N": 2.01e8, "15O": 1.45e8},
    "B16-GS98": {
        "pp": 5.98e10,
        "pep": 1.44e8,
        "7Be": 4.93e9,
        "8B": 5.46e6,
        "13N": 2.78e8,
        "15O": 2.05e8,
        "17F": 5.29e6,
    },
}
"""As printed (astro-ph/0412440 Table 1; 1611.09867 Table 6), three digits."""


@pytest.mark.parametrize("model", FLUXES)
def test_fluxes_of_the_models(model):
    for source, printed in FLUXES[model].items():
        assert flux(model, source) == pytest.approx(printed, rel=5e-3, abs=0)


def test_flux_uncertainties():
    # B16-GS98, Table 6: pp 0.6 %, pep 1 %, hep 30 %, 7Be 6 %, 8B 12 %, 13N 15 %, 15O 17 %, 17F 20 %.
    expected = [0.006, 0.01, 0.30, 0.06, 0.12, 0.15, 0.17, 0.20]
    np.testing.assert_allclose(flux_widths(TABLES, "B16-GS98"), expected, rtol=1e-12)


def test_moments_survive_the_table_without_loss():
    m = moments()
    frame = moments_frame(m)
    assert list(frame.columns) == list(UNITS)
    back = moments_from_frame(frame)
    assert back.source == m.source
    for name in ("is_line", "E_max_MeV", "offset", "E_nu_MeV", "Phi", "dPhi_dE"):
        np.testing.assert_array_equal(getattr(back, name), getattr(m, name))
        assert getattr(back, name).flags.c_contiguous
        assert getattr(back, name).flags.writeable
