"""The bundled tables as physics: normalisations, sum rules, published totals, and the providers' originals.

The originals are an extra: they are compared where a folder ../shared/data/raw lies beside the project.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nudipole.constants import G_F_PER_MEV2, HBARC_MEV_CM, N_AVOGADRO_PER_MOL
from nudipole.data.bundled import read_bundled, read_dataset
from nudipole.data.catalog import Catalog, load_catalog

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT.parent / "shared" / "data" / "raw"
SOURCES = ["pp", "pep", "hep", "7Be", "8B", "13N", "15O", "17F"]
PRODUCTION = ["bs05_op", "bs05_ags_op", "b16_gs98", "b16_agss09met"]

needs_raw = pytest.mark.skipif(not RAW.is_dir(), reason="the providers' originals (../shared/data/raw) are not here")

ORIGINALS = {
    "b8_spectrum_winter2006": "winter2006/b8spec-2006.dat",
    "pp_spectrum_bahcall1997": "bahcall/ppenergytab.txt",
    "hep_spectrum_bahcall1997": "bahcall/hepspectrum.dat",
    "n13_spectrum_bahcall1988": "bahcall/n13.dat",
    "o15_spectrum_bahcall1988": "bahcall/o15.dat",
    "f17_spectrum_bahcall1988": "bahcall/f17.dat",
    "xenon1t_sr1_er_counts": "xenon1t/data_below_30kev.txt",
    "xenon1t_sr1_efficiency": "xenon1t/efficiency.txt",
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(ROOT / "resources" / "catalog.yaml")


def table(catalog: Catalog, name: str) -> pd.DataFrame:
    return read_bundled(catalog.dataset(name), ROOT)


@needs_raw
@pytest.mark.parametrize("name", sorted(ORIGINALS))
def test_a_table_equals_its_original_to_the_last_bit(catalog: Catalog, name: str) -> None:
    dataset = catalog.dataset(name)
    original = read_dataset(dataset, ROOT, RAW / ORIGINALS[name])
    pd.testing.assert_frame_equal(read_bundled(dataset, ROOT), original, check_exact=True)


def test_every_remote_dataset_has_its_original_compared(catalog: Catalog) -> None:
    assert {dataset.name for dataset in catalog.datasets if dataset.remote} == set(ORIGINALS)


# Mean energy and tolerance in MeV. pp, hep, 13N, 15O: Bahcall, PRC 56 (1997) 3391 and "Neutrino Astrophysics"
# (1989), rounded to about 1e-3; 17F: allowed beta spectrum with the Fermi function, endpoint 1.740 MeV; 8B:
# 6.735 +- 0.036, the earlier determination of Bahcall et al., nucl-th/9601044, from other data.
SPECTRA = {
    "b8_spectrum_winter2006": (6.735, 0.036),
    "pp_spectrum_bahcall1997": (0.2668, 3e-4),
    "hep_spectrum_bahcall1997": (9.628, 1e-2),
    "n13_spectrum_bahcall1988": (0.7067, 1e-3),
    "o15_spectrum_bahcall1988": (0.9964, 1e-3),
    "f17_spectrum_bahcall1988": (0.9996, 1e-3),
}


@pytest.mark.parametrize("name", sorted(SPECTRA))
def test_spectra_are_normalised_and_have_the_known_mean_energy(catalog: Catalog, name: str) -> None:
    frame = table(catalog, name)
    energy = np.concatenate([[0.0], frame["E_nu_MeV"]])
    spectrum = np.concatenate([[0.0], frame["dN_dE_per_MeV"]])
    integral = np.trapezoid(spectrum, energy)
    # Trapezoids on the thinned tables (about 100 points) miss 1e-4 at the curved upper end.
    assert integral == pytest.approx(1.0, abs=2e-4)
    mean, tolerance = SPECTRA[name]
    assert np.trapezoid(spectrum * energy, energy) / integral == pytest.approx(mean, abs=tolerance)


def test_the_8b_uncertainty_moves_neutrinos_but_makes_none(catalog: Catalog) -> None:
    frame = table(catalog, "b8_spectrum_winter2006")
    change = np.trapezoid(frame["sigma_per_MeV"], frame["E_nu_MeV"])
    moved = np.trapezoid(frame["sigma_per_MeV"].abs(), frame["E_nu_MeV"])
    # Three printed decimals on a 0.1 MeV grid leave 0.5 % of what moves.
    assert abs(change) < 0.01 * moved


def test_lines_share_out_their_flux(catalog: Catalog) -> None:
    branching = table(catalog, "solar_lines").groupby("source")["branching"].sum()
    assert branching.to_dict() == pytest.approx({"7Be": 1.0, "pep": 1.0}, abs=1e-12)


def test_solar_models_shine_as_the_sun(catalog: Catalog) -> None:
    """Luminosity constraint: sum of alpha_i Phi_i = L_sun/(4 pi AU^2) = 8.4984e11 MeV cm^-2 s^-1.

    alpha_i in MeV: arXiv:2311.16226v2, Table 1. The models were calibrated to solar luminosities that differ
    by 0.4 %, and the fluxes are rounded to 3 digits: 1 %. The Borexino fit is no solar model.
    """
    alpha = {
        "pp": 13.099,
        "7Be": 12.552,
        "pep": 11.92,
        "13N": 12.658,
        "15O": 12.368,
        "17F": 12.365,
        "8B": 6.6305,
    }
    fluxes = table(catalog, "solar_fluxes")
    models = ["BS05-OP", "BS05-AGS-OP", "Borexino-fit", "B16-GS98", "B16-AGSS09met", "B23-GS98"]
    assert list(dict.fromkeys(fluxes["model"])) == models
    for model, rows in fluxes.groupby("model"):
        assert rows["source"].tolist() == SOURCES
        flux = dict(zip(rows["source"], rows["flux_per_cm2_s"], strict=True))
        light = sum(alpha[source] * flux[source] for source in alpha)
        if model != "Borexino-fit":
            assert light == pytest.approx(8.4984e11, rel=0.01, abs=0), model


def test_flux_uncertainties_say_whose_they_are(catalog: Catalog) -> None:
    fluxes = table(catalog, "solar_fluxes").set_index(["model", "source"])
    for (model, source), row in fluxes.iterrows():
        origin = model if row["unc_origin"] == "published" else row["unc_origin"]
        assert row["rel_unc_up"] == fluxes.loc[(origin, source), "rel_unc_up"]
    published = fluxes[fluxes["unc_origin"] == "published"].index.get_level_values("model")
    assert set(published) == {"B16-GS98", "B16-AGSS09met"}


@pytest.mark.parametrize("model", PRODUCTION)
def test_production_regions(catalog: Catalog, model: str) -> None:
    frame = table(catalog, f"production_{model}")
    # Fractions are printed with 7 digits and none exceeds 0.03: 120 roundings of 1.5e-9 stay below 1e-6.
    assert frame[SOURCES].sum().to_numpy() == pytest.approx(np.ones(8), abs=1e-6)
    # n_e/N_A falls from about 102 per cm^3 at the centre; the originals have three decimals of its log.
    assert frame["log10_n_e_NA_per_cm3"].iloc[0] == pytest.approx(2.01, abs=0.01)
    assert (np.diff(frame["log10_n_e_NA_per_cm3"]) <= 1e-3).all()
    radius = {source: float(frame["r_over_Rsun"] @ frame[source]) for source in SOURCES}
    # The steeper a reaction depends on temperature, the nearer the centre it burns.
    assert radius["8B"] < radius["7Be"] < radius["pp"] < radius["hep"]
    # Mean radii are 0.05 (8B) and 0.11 (pp) in every standard solar model; 10 % between models.
    assert radius["8B"] == pytest.approx(0.05, rel=0.1, abs=0)
    assert radius["pp"] == pytest.approx(0.11, rel=0.1, abs=0)


def survival(n_e_NA_per_cm3: np.ndarray, E_MeV: np.ndarray, set_: pd.Series) -> np.ndarray:
    """Adiabatic P(nu_e -> nu_e), zones x energies, from the exact 3-flavour Hamiltonian in matter.

    P_ee needs neither theta_23 nor the phase: they drop out with them set to zero.
    """
    s12, s13 = np.sqrt(set_["sin2_theta12"]), np.sqrt(set_["sin2_theta13"])
    c12, c13 = np.sqrt(1.0 - s12**2), np.sqrt(1.0 - s13**2)
    mixing = np.array([[c12 * c13, s12 * c13, s13], [-s12, c12, 0.0], [-c12 * s13, -s12 * s13, c13]])
    vacuum = mixing @ np.diag([0.0, set_["dm2_21_eV2"], set_["dm2_31_eV2"]]) @ mixing.T
    potential_MeV = np.sqrt(2.0) * G_F_PER_MEV2 * n_e_NA_per_cm3 * N_AVOGADRO_PER_MOL * HBARC_MEV_CM**3
    matter_eV2 = 2.0 * np.outer(potential_MeV, E_MeV) * 1e12
    hamiltonian = np.broadcast_to(vacuum, (*matter_eV2.shape, 3, 3)).copy()
    hamiltonian[..., 0, 0] += matter_eV2
    states = np.linalg.eigh(hamiltonian).eigenvectors
    return np.asarray((states[..., 0, :] ** 2) @ mixing[0] ** 2)


@pytest.mark.parametrize("name", ["nufit60", "nufit41"])
def test_survival_probability_is_that_of_lma_msw(catalog: Catalog, name: str) -> None:
    set_ = table(catalog, "oscillation_parameters").set_index("set").loc[name]
    frame = table(catalog, "production_b16_gs98")
    energy = np.array([0.27, 10.0])
    p_ee = survival(10.0 ** frame["log10_n_e_NA_per_cm3"].to_numpy(), energy, set_)
    # Borexino, Nature 562 (2018) 505: 0.57 +- 0.09 (pp), 0.37 +- 0.08 (8B).
    assert frame["pp"] @ p_ee[:, 0] == pytest.approx(0.57, abs=0.09)
    assert frame["8B"] @ p_ee[:, 1] == pytest.approx(0.37, abs=0.08)


@needs_raw
@pytest.mark.parametrize("name", ["nufit60", "nufit41"])
def test_the_regridded_production_keeps_the_survival_probability(catalog: Catalog, name: str) -> None:
    """120 annuli against the 1219 zones of the authors' BS05(OP) file: 2e-5, far below the 1 % of a limit."""
    # Columns of the file: r, T, log10 n_e, mass, X(7Be), then these fractions.
    order = ["pp", "8B", "13N", "15O", "17F", "7Be", "pep", "hep"]
    lines = (RAW / "bahcall" / "bs2005opflux.dat").read_text(encoding="utf-8").splitlines()
    zones = np.array([line.split() for line in lines if len(line.split()) == 13 and line.split()[0][0] == "0"], float)
    assert zones.shape == (1219, 13)
    set_ = table(catalog, "oscillation_parameters").set_index("set").loc[name]
    frame = table(catalog, "production_bs05_op")
    energy = np.geomspace(0.05, 20.0, 25)
    fine = survival(10.0 ** zones[:, 2], energy, set_)
    coarse = survival(10.0 ** frame["log10_n_e_NA_per_cm3"].to_numpy(), energy, set_)
    for column, source in enumerate(order, start=5):
        weight = zones[:, column] / zones[:, column].sum()
        assert np.abs(frame[source].to_numpy() @ coarse - weight @ fine).max() < 2e-5, source


def test_xenon1t_counts_are_the_published_ones(catalog: Catalog) -> None:
    counts, background = table(catalog, "xenon1t_sr1_er_counts"), table(catalog, "xenon1t_sr1_er_background")
    edges = ["E_low_keV", "E_high_keV"]
    pd.testing.assert_frame_equal(counts[edges], background[edges])
    low = counts["E_high_keV"] <= 7.0
    # arXiv:2006.09721, section IV: 285 events between 1 and 7 keV, 232 +- 15 expected (rounded to 1).
    assert counts["counts"][low].sum() == 285
    assert background["B0_counts"][low].sum() == pytest.approx(232.0, abs=1.0)
    # The 29 published rates add up to 1948.063 events/(t yr keV); times 0.6473 t yr.
    assert counts["counts"].sum() == 1261
    # Tritium ends at 18.6 keV; the resolution of 1.3 keV there leaves next to nothing 2.6 sigma above.
    assert background["tritium_counts"][counts["E_low_keV"] >= 22.0].sum() < 1e-3


def test_xenon1t_efficiency_rises_to_its_plateau(catalog: Catalog) -> None:
    frame = table(catalog, "xenon1t_sr1_efficiency")
    assert frame["E_keV"].iloc[-1] > 49.7
    assert frame["efficiency"].iloc[0] == 0.0
    plateau = frame["efficiency"][frame["E_keV"].between(4.0, 30.0)]
    # Fig. 2 of arXiv:2006.09721 shows 0.87 to 0.9 there.
    assert plateau.between(0.86, 0.91).all()


def test_xenon_has_54_electrons(catalog: Catalog) -> None:
    frame = table(catalog, "xenon_subshells")
    assert frame["electrons"].sum() == 54
    assert (np.diff(frame["binding_energy_keV"]) < 0.0).all()


def test_reference_curves_start_where_the_figure_says(catalog: Catalog) -> None:
    curves = table(catalog, "published_curves_brdar2020")
    assert curves["M_N_MeV"].between(8.99e-3, 1.101e3).all()
    assert curves["mu_nu_muB"].between(1.79e-13, 1.101e-7).all()
    first = curves.groupby("curve", sort=False)["mu_nu_muB"].first()
    # Values read off the figure at M_N -> 0, three digits.
    assert first["Borexino_90CL"] == pytest.approx(6.96e-11, rel=1e-3, abs=0)
    assert first["XENON1T_ER_90CL_incl_tritium"] == pytest.approx(5.69e-11, rel=1e-3, abs=0)
    assert len(first) == 11
