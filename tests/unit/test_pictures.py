"""Pictures of the intermediate steps show the tables they are made from."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nudipole.cosmology.chronicle import HISTORY_UNITS, abundance_units
from nudipole.cosmology.surface import UNITS as SURFACE_UNITS
from nudipole.errors import DataError
from nudipole.flavours import ALL_MODES
from nudipole.limits.scorecard import Comparison
from nudipole.limits.table import Curve, Edge, Label, Status, curves_frame
from nudipole.plotting.cooling import draw_cooling
from nudipole.plotting.cosmology_family import draw_family
from nudipole.plotting.cosmology_history import draw_abundances, draw_history
from nudipole.plotting.cosmology_maps import draw_maps
from nudipole.plotting.curves import initial_name
from nudipole.plotting.likelihood import draw_likelihood
from nudipole.plotting.photodisintegration import draw_photodisintegration
from nudipole.plotting.pulls import draw_pulls
from nudipole.plotting.ratios import draw_ratios
from nudipole.plotting.save import save_figure
from nudipole.plotting.solar import draw_solar
from nudipole.plotting.spectrum import draw_spectrum
from nudipole.sources.moments_table import UNITS
from nudipole.sources.solar import SOURCES

MASSES, MOMENTS = np.geomspace(0.01, 1.0, 9), np.geomspace(1e-12, 1e-9, 13)
BEST_FIT_MUB = MOMENTS[4]


def moments_table() -> pd.DataFrame:
    """Two sources: a continuum of 8B and the lines of 7Be, with a third of the flux in each flavour."""
    energies = np.linspace(0.1, 15.0, 30)
    continuum = pd.DataFrame({"component": 1, "source": "8B", "is_line": False, "E_nu_MeV": energies})
    line = pd.DataFrame({"component": 0, "source": "7Be", "is_line": True, "E_nu_MeV": [0.86]})
    table = pd.concat([line, continuum], ignore_index=True).reindex(columns=list(UNITS))
    for mode in ALL_MODES:
        share = 1.0 if mode == "effective" else 1.0 / 3.0
        table[f"dPhi_dE_{mode}_per_cm2_s_MeV"] = np.where(table["is_line"], 0.0, share * 1e5)
        for name in (f"Phi_{k}_{mode}_per_cm2_s{'' if k == 0 else f'_MeV{k}'}" for k in range(3)):
            table[name] = share * 1e8
    return table


def likelihood_table() -> pd.DataFrame:
    mass, mu = (grid.ravel() for grid in np.meshgrid(MASSES, MOMENTS, indexing="ij"))
    surface = {"flavour": "mu", "M_N_MeV": mass, "mu_nu_muB": mu}
    surface["delta_chi2"] = (np.log10(mu / BEST_FIT_MUB) * 5.0) ** 2
    surface |= {f"nuisance_{name}": np.ones(len(mass)) for name in ("B0", *(f"flux_{s}" for s in SOURCES))}
    return pd.DataFrame(surface)


def spectra_table() -> pd.DataFrame:
    """Four bins, a background and a flux, at three hypotheses."""
    low = np.arange(1.0, 5.0)
    rows = []
    for hypothesis, mu in (("background", 0.0), ("best_fit", BEST_FIT_MUB), ("limit", 2.0 * BEST_FIT_MUB)):
        signal = np.full(4, 8e21 * mu**2)
        background = np.array([3.0, 8.0, 9.0, 9.0])
        head = {"experiment": "toy", "variant": "a_b", "flavour": "mu", "M_N_MeV": 0.01, "hypothesis": hypothesis}
        rows.append(
            pd.DataFrame(
                head
                | {"mu_nu_muB": mu, "bin_low": low, "bin_high": low + 1.0, "observed": [4.0, 9.0, 12.0, 8.0]}
                | {"expected": background + signal, "signal": signal, "events_B0": background}
            )
        )
    return pd.concat(rows, ignore_index=True)


def fits_table() -> pd.DataFrame:
    names = ["B0", "tritium", "flux_pp", "flux_8B"]
    rows = []
    for hypothesis in ("background", "best_fit", "limit"):
        head = {"experiment": "toy", "variant": "a_b", "flavour": "mu", "M_N_MeV": 0.01, "hypothesis": hypothesis}
        values = {"mu_nu_muB": BEST_FIT_MUB, "chi2": 12.3, "bins": 4, "nuisance": names, "value": [1.1, 0.3, 1.0, 1.0]}
        values |= {"error": [0.02, 0.2, 0.006, 0.0], "prior_center": 1.0, "prior_width": [0.026, np.inf, 0.006, 0.12]}
        rows.append(pd.DataFrame(head | values | {"pull": [3.8, np.nan, 0.0, 0.0], "correlation_with_mu2": -0.3}))
    return pd.concat(rows, ignore_index=True)


def limits_table() -> pd.DataFrame:
    label = Label("xenon1t", "tritium", True, "mu", 0.90, "", "computed", "")
    return curves_frame([Curve(label, Edge.FLOOR, 0, MASSES, np.full(9, 1e-10), (Status.OK,) * 9)])


def cooling_table() -> pd.DataFrame:
    columns = {"star": "red-giant", "M_N_MeV": MASSES, "mu_limit_muB": 2.2e-12 * np.exp(MASSES)}
    return pd.concat([pd.DataFrame(columns | {"emission": name}) for name in ("finite_width", "damped")])


def published_table(ratio: float) -> pd.DataFrame:
    return pd.DataFrame({"curve": "toy", "M_N_MeV": MASSES, "mu_nu_muB": 1e-10 / ratio})


def history_table() -> pd.DataFrame:
    """Neutrinos at 0.7 of the photons' temperature; shares of 0.5, 0.3 and 0.2."""
    t = np.geomspace(1e-4, 1e6, 30)
    T = t**-0.5
    columns = [t, 1e-10 / T, T, 0.7 * T, *(np.full(30, share) for share in (0.5, 0.3, 0.2)), T**4]
    return pd.DataFrame(dict(zip(HISTORY_UNITS, columns, strict=True)))


def abundances_table() -> pd.DataFrame:
    """Twice as much of everything with N."""
    T = np.geomspace(0.1, 1e-3, 20)
    cases = [
        {"with_N": with_N, "T_gamma_MeV": T} | dict.fromkeys(species(), Y)
        for with_N, Y in ((True, 2e-5), (False, 1e-5))
    ]
    return pd.concat([pd.DataFrame(case) for case in cases], ignore_index=True)


def species() -> list[str]:
    return [name for name in abundance_units() if name.startswith("Y_")]


def surface_table() -> pd.DataFrame:
    """One point of the plane unsolved, one row of moments too long-lived."""
    mass, mu = (grid.ravel() for grid in np.meshgrid(MASSES, MOMENTS, indexing="ij"))
    frame = pd.DataFrame({"M_N_MeV": mass, "mu_nu_muB": mu}).reindex(columns=list(SURFACE_UNITS))
    frame = frame.assign(initial="decoupled", network="primat2023", status="ok", Y_p=0.25, N_eff=3.0)
    frame = frame.assign(photodisintegration=mass > 0.5, spectral_distortion=mu < MOMENTS[3], status="ok")
    frame.loc[mu == MOMENTS[0], "status"] = "outlives_recombination"
    frame.loc[len(frame) - 1, ["status", "Y_p", "N_eff"]] = ["too_many_steps", np.nan, np.nan]
    return frame


def cosmology_table(*states: str) -> pd.DataFrame:
    """Limits of initial states: a floor each for helium and N_eff, and a rim where nothing is a limit."""
    curves = []
    for state in states:
        for constraint, variant in (
            ("bbn", "primat2023"),
            ("cmb", "planck"),
            ("cmb", "delta_0.3"),
            ("cmb", "delta_0.05"),
        ):
            label = Label(
                constraint,
                f"{state};{variant}",
                state == states[0] and "delta" not in variant,
                "mu",
                0.90,
                "",
                "computed",
                "",
            )
            curves.append(Curve(label, Edge.FLOOR, 0, MASSES, np.full(9, 1e-10), (Status.OK,) * 9))
            rim = (Status.OFF_GRID_LOW,) * 8 + (Status.OK,)
            curves.append(Curve(label, Edge.FLOOR, 1, MASSES, np.array([np.nan] * 8 + [1e-14]), rim))
    return curves_frame(curves)


def family_figure(*states: str) -> Figure:
    published = pd.concat([published_table(1.0).assign(curve=name) for name in ("BBN_high_4He", "CMB_dNeff_0.3_a")])
    return draw_family(cosmology_table(*states), cosmology_table("decoupled"), published, list(states))


def broken_nuclei_table(*states: str) -> pd.DataFrame:
    """Two points an initial state: one with a tenth of its deuterium, newly excluded, and one that failed."""
    rows = [
        (mass, 1e-13, state, D_H, 2.5e-5, new, status)
        for state in states
        for mass, D_H, new, status in ((5.0, 2.5e-6, True, "ok"), (20.0, np.nan, False, "not computed: why"))
    ]
    columns = ("M_N_MeV", "mu_nu_muB", "initial", "D_H", "D_H_before", "newly_excluded", "status")
    return pd.DataFrame(rows, columns=list(columns))


def broken_nuclei_figure(*states: str) -> Figure:
    return draw_photodisintegration(broken_nuclei_table(*states), cosmology_table(*states), list(states), "primat2023")


TOY = Comparison("toy", "xenon1t", "tritium", Edge.FLOOR, (0.01, 1.0), (), (), 0.1, 0.2, "")


FIGURES: dict[str, Callable[[], Figure]] = {
    "solar": lambda: draw_solar(moments_table(), "toy model"),
    "spectrum": lambda: draw_spectrum(spectra_table(), fits_table(), "mu", "keV", "Toy"),
    "pulls": lambda: draw_pulls(fits_table(), "mu", "Toy"),
    "likelihood": lambda: draw_likelihood(likelihood_table(), limits_table(), "mu", 2.706, 0.90, "Toy"),
    "cooling": lambda: draw_cooling(cooling_table(), 2.2e-12, "finite_width"),
    "ratios": lambda: draw_ratios(limits_table(), published_table(1.0), (TOY,)),
    "history": lambda: draw_history(history_table(), "toy"),
    "abundances": lambda: draw_abundances(abundances_table(), "toy"),
    "cosmology_maps": lambda: draw_maps(surface_table(), cosmology_table("decoupled"), "decoupled", "primat2023"),
    "cosmology_family": lambda: family_figure("decoupled", "thermal"),
    "photodisintegration": lambda: broken_nuclei_figure("decoupled", "thermal"),
}


def heights(axes: Axes) -> np.ndarray:
    """Return all ordinates of the lines in a panel."""
    return np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in axes.lines])


@pytest.mark.parametrize("name", FIGURES)
def test_pictures_are_the_same_bytes_twice(name: str, tmp_path: Path) -> None:
    for run in ("first", "second"):
        for suffix in ("png", "pdf"):
            (tmp_path / run).mkdir(exist_ok=True)
            save_figure(FIGURES[name](), tmp_path / run / f"{name}.{suffix}", name, {})
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


def test_a_third_of_the_flux_is_drawn_as_a_third() -> None:
    # exact shares: the picture divides one column by another
    shares = heights(draw_solar(moments_table(), "toy").axes[1])
    np.testing.assert_allclose(shares[np.isfinite(shares) & (shares > 0.0)], 1.0 / 3.0, rtol=1e-12)


def test_the_spectrum_names_the_best_fit_of_the_surface() -> None:
    figure = draw_spectrum(spectra_table(), fits_table(), "mu", "keV", "Toy")
    texts = " ".join(text.get_text() for text in figure.axes[0].get_legend().get_texts())
    mantissa = f"{BEST_FIT_MUB:.2e}".split("e")[0]
    events = 4 * 8e21 * BEST_FIT_MUB**2
    assert f"{float(mantissa):g}" in texts
    assert f"{events:.1f} events" in texts


def test_ratios_show_a_factor_of_two() -> None:
    drawn = heights(draw_ratios(limits_table(), published_table(2.0), (TOY,)).axes[0])
    # nine points at log10 2; interpolation of a constant is exact to rounding
    assert np.isclose(drawn, np.log10(2.0), rtol=1e-9, atol=0).sum() >= len(MASSES)


def test_the_default_cooling_limit_is_drawn_where_the_table_has_it() -> None:
    drawn = heights(draw_cooling(cooling_table(), 2.2e-12, "finite_width").axes[0])
    for value in cooling_table()["mu_limit_muB"]:
        assert np.isclose(drawn, value, rtol=1e-9, atol=0).any()


def test_the_flux_is_drawn_as_the_table_has_it() -> None:
    fluxes = heights(draw_solar(moments_table(), "toy").axes[0])
    assert (fluxes == 1e5).sum() == 30
    assert (fluxes == 1e8).sum() == 1


def test_the_limit_lies_on_the_map() -> None:
    axes = draw_likelihood(likelihood_table(), limits_table(), "mu", 2.706, 0.90, "Toy").axes[0]
    (limit,) = axes.lines
    np.testing.assert_array_equal(limit.get_xydata(), np.column_stack([MASSES, np.full(9, 1e-10)]))


def test_the_spectrum_says_how_good_the_fits_are() -> None:
    figure = draw_spectrum(spectra_table(), fits_table(), "mu", "keV", "Toy")
    upper, lower = figure.axes
    texts = " ".join(text.get_text() for text in upper.get_legend().get_texts())
    assert texts.count("12.3 for 4 bins") == 2
    assert "a b" in upper.get_title(loc="left")
    # (12 - 9)/3 in the third bin
    assert any(np.isclose(lower.containers[0].lines[0].get_ydata(), 1.0, rtol=1e-12, atol=0))


def test_many_bins_are_drawn_in_groups_that_lose_no_event() -> None:
    one = spectra_table()
    table = pd.concat(
        [one.assign(bin_low=one["bin_low"] + 4.0 * k, bin_high=one["bin_high"] + 4.0 * k) for k in range(60)]
    )
    axes = draw_spectrum(table.sort_values("hypothesis", kind="stable"), fits_table(), "mu", "keV", "Toy").axes[0]
    drawn = axes.containers[0].lines[0].get_ydata()
    assert len(drawn) == 80
    assert drawn.sum() == 60 * 33


def test_parts_of_a_combination_are_drawn_one_after_the_other() -> None:
    one = spectra_table()
    table = pd.concat([one, one]).sort_values("hypothesis", kind="stable")
    upper, lower = draw_spectrum(table, fits_table(), "mu", "keV", "Toy").axes
    np.testing.assert_array_equal(upper.containers[0].lines[0].get_xdata(), np.arange(8) + 0.5)
    assert "bin number" in lower.get_xlabel()


def test_an_unbinned_likelihood_has_no_spectrum() -> None:
    table = spectra_table()
    axes = draw_spectrum(table.assign(bin_high=table["bin_low"] + 1e-6), fits_table(), "mu", "keV", "Toy").axes[0]
    assert "no bins" in axes.texts[0].get_text()


def test_pulls_leave_out_what_is_fixed_and_open_what_is_free() -> None:
    upper, lower = draw_pulls(fits_table(), "mu", "Toy").axes
    assert [tick.get_text() for tick in lower.get_xticklabels()] == ["B0", "tritium", "flux pp"]
    drawn = np.concatenate([c.lines[0].get_ydata() for c in upper.containers])
    # pulls 3.8 and 0 with a prior; the scale of tritium, 0.3, less 1 without
    np.testing.assert_allclose(sorted(set(drawn)), [-0.7, 0.0, 3.8], rtol=1e-12)


def test_a_fit_in_which_nothing_is_free_says_so() -> None:
    axes = draw_pulls(fits_table().assign(error=0.0), "mu", "Toy").axes[0]
    assert any("no nuisance parameter is free" in text.get_text() for text in axes.texts)


def test_a_limit_that_ends_leaves_the_frame_at_its_threshold() -> None:
    table = cooling_table().reset_index(drop=True)
    table.loc[table["M_N_MeV"] > 0.1, "mu_limit_muB"] = np.nan
    axes = draw_cooling(table, 2.2e-12, "damped").axes[0]
    line = next(line for line in axes.lines if str(line.get_label()).endswith("(default)"))
    assert line.get_ydata()[-1] > axes.get_ylim()[1]
    assert line.get_xdata()[-1] == MASSES[MASSES > 0.1][0]


def test_pictures_of_a_grid_without_any_limit_say_so(tmp_path: Path) -> None:
    cooling = draw_cooling(cooling_table().assign(mu_limit_muB=np.nan), 2.2e-12, "damped")
    flat = draw_likelihood(
        likelihood_table().assign(delta_chi2=0.0),
        limits_table().assign(status="off_grid_high"),
        "mu",
        2.706,
        0.90,
        "Toy",
    )
    assert any("no limit" in text.get_text() for text in cooling.axes[0].texts)
    assert any("nothing is excluded" in text.get_text() for text in flat.axes[0].texts)
    for name, figure in (("cooling", cooling), ("likelihood", flat)):
        save_figure(figure, tmp_path / f"{name}.png", name, {})
        assert (tmp_path / f"{name}.png").stat().st_size > 0


@pytest.mark.parametrize("broken", ["missing column", "unknown flavour"])
def test_a_wrong_table_is_named(broken: str) -> None:
    surface = likelihood_table()
    if broken == "missing column":
        with pytest.raises(DataError, match="delta_chi2"):
            draw_likelihood(surface.drop(columns="delta_chi2"), limits_table(), "mu", 2.706, 0.90, "Toy")
    else:
        with pytest.raises(DataError, match="tau"):
            draw_likelihood(surface, limits_table(), "tau", 2.706, 0.90, "Toy")


def test_the_history_shows_shares_and_temperatures_of_its_table() -> None:
    temperatures, shares, ratio = draw_history(history_table(), "toy").axes
    assert {round(float(line.get_ydata()[0]), 9) for line in shares.lines} == {0.5, 0.3, 0.2}
    assert temperatures.lines[0].get_ydata()[0] == pytest.approx(100.0, rel=1e-12, abs=0)
    np.testing.assert_allclose(np.asarray(ratio.lines[0].get_ydata(), dtype=float), 0.7, rtol=1e-12)
    assert "[MeV]" in temperatures.get_ylabel()
    assert "[s]" in shares.get_xlabel()


def test_twice_the_abundance_is_drawn_as_two() -> None:
    abundances, ratios, *_ = draw_abundances(abundances_table(), "toy").axes
    assert len(abundances.lines) == 2 * len(species())
    curves = [line for line in ratios.lines if len(line.get_ydata()) > 2]
    assert len(curves) == len(species())
    for line in curves:
        # logarithms and back: exact to rounding
        np.testing.assert_allclose(np.asarray(line.get_ydata(), dtype=float), 2.0, rtol=1e-12)


def test_abundances_too_small_to_show_leave_the_picture_empty_but_whole() -> None:
    table = abundances_table()
    table[species()] = 0.0
    _, ratios, *_ = draw_abundances(table, "toy").axes
    assert all(len(line.get_ydata()) == 2 for line in ratios.lines)


def test_maps_show_the_limit_without_its_rim_and_name_what_is_marked() -> None:
    helium = draw_maps(surface_table(), cosmology_table("decoupled"), "decoupled", "primat2023").axes[0]
    limit = next(line for line in helium.lines if line.get_marker() != "x")
    np.testing.assert_array_equal(limit.get_ydata(), np.full(9, 1e-10))
    (unsolved,) = (line for line in helium.lines if line.get_marker() == "x")
    np.testing.assert_array_equal(unsolved.get_xydata(), [[MASSES[-1], MOMENTS[-1]]])
    names = {text.get_text() for text in helium.get_legend().get_texts()}
    assert names == {"photodisintegration", "CMB spectrum distorted", "N outlives recombination", "not solved"}
    assert len([line for line in helium.lines if line.get_marker() != "x"]) == 1


def test_every_initial_state_is_drawn_and_named_once() -> None:
    helium, N_eff, reference = family_figure("decoupled", "thermal", "freeze-in_5MeV").axes
    named = ["decoupled", "thermal", "freeze-in from 5 MeV"]
    for axes in (helium, N_eff):
        assert [line.get_label() for line in axes.lines] == named
    assert [text.get_text() for text in helium.get_legend().get_texts()] == named
    assert len(reference.lines) == 3 + 3 + 2


def test_a_state_without_any_limit_is_left_out() -> None:
    limits = cosmology_table("decoupled", "thermal")
    limits = limits[~limits["variant"].str.startswith("thermal")]
    figure = draw_family(limits, cosmology_table("decoupled"), published_table(1.0), ["decoupled", "thermal"])
    assert [line.get_label() for line in figure.axes[0].lines] == ["decoupled"]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6])
def test_broken_nuclei_have_a_panel_an_initial_state(count: int) -> None:
    states = ["decoupled", "thermal", *(f"freeze-in_{T}MeV" for T in (5, 10, 100, 1000))][:count]
    *panels, scale = broken_nuclei_figure(*states).axes
    shown = [axes for axes in panels if axes.get_visible()]
    assert [axes.get_title(loc="left") for axes in shown] == [initial_name(state) for state in states]
    assert "D/H" in scale.get_ylabel()
    for axes in shown:
        computed, failed = axes.collections
        assert computed.get_array().tolist() == pytest.approx([0.1], rel=1e-12)
        np.testing.assert_array_equal(computed.get_edgecolors(), [[0.0, 0.0, 0.0, 1.0]])
        np.testing.assert_array_equal(failed.get_offsets(), [[20.0, 1e-13]])
        np.testing.assert_array_equal(axes.lines[0].get_ydata(), np.full(9, 1e-10))


def test_no_late_decays_at_all_are_said_in_words() -> None:
    table = broken_nuclei_table("decoupled").iloc[:0]
    (axes,) = draw_photodisintegration(table, cosmology_table("decoupled"), ["decoupled"], "primat2023").axes
    assert "late enough" in axes.texts[0].get_text()


@pytest.mark.parametrize("name", ["history", "abundances", "cosmology", "reference cosmology limits"])
def test_an_empty_table_of_the_early_universe_is_named(name: str) -> None:
    draw: dict[str, Callable[[], Figure]] = {
        "history": lambda: draw_history(history_table().iloc[:0], "toy"),
        "abundances": lambda: draw_abundances(abundances_table().iloc[:0], "toy"),
        "cosmology": lambda: draw_maps(
            surface_table().iloc[:0], cosmology_table("decoupled"), "decoupled", "primat2023"
        ),
        "reference cosmology limits": lambda: draw_family(
            cosmology_table("decoupled"), cosmology_table("decoupled").iloc[:0], published_table(1.0), ["decoupled"]
        ),
    }
    with pytest.raises(DataError, match=f"the {name} table"):
        draw[name]()
