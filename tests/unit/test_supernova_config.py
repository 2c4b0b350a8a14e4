"""The supernova's section of the configuration: variants, tables of a star, and what is refused, by its name."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nudipole.config.load import load_config, with_variant
from nudipole.constraints.supernova_inputs import Criterion, supernova_config
from nudipole.constraints.supernova_model import Bound, bounds_of
from nudipole.data.profile import read_profile
from nudipole.errors import ConfigError, DataError
from nudipole.supernova.emission import Helicity
from nudipole.supernova.profile import Chang, Lapse, NeutrinoDegeneracy, analytic_star, table_star

ROOT = Path(__file__).resolve().parents[2]


def variants(text):
    return f"supernova.variants=['{text}']"


@pytest.mark.parametrize(
    ("variant", "message"),
    [
        (
            "helicty=exact",
            r"supernova\.variants: 'helicty=exact': unknown key supernova\.helicty = .exact. \(did you mean helicity",
        ),
        (
            "helicity=left",
            r"supernova\.variants: 'helicity=left': supernova\.helicity = 'left' is not allowed: must be one",
        ),
        ("profile.T_c_MeV=-1", r"supernova\.variants: .*profile\.T_c_MeV = -1 is not allowed: must be a number, > 0"),
        # what a schema cannot say: without it `kind=table` alone would be the analytic star
        ("R_far_km=45", r"supernova\.variants: 'R_far_km=45': .* must exceed supernova\.decays\.R_in_km = 50"),
        ("profile.kind=table", r"supernova\.variants: .*profile\.table = None is not allowed with kind = table"),
        ("profile.table=x.csv", r"supernova\.variants: .*profile\.table = x\.csv is not allowed with kind = chang"),
        ("nonsense", r"supernova\.variants\.0 = 'nonsense' is not allowed"),
        ("rays=radial;R_far_km=x", r"supernova\.variants: .*R_far_km = 'x' is not allowed"),
    ],
)
def test_mistakes_in_a_variant_name_the_variants(variant, message):
    with pytest.raises(ConfigError, match=message):
        load_config(ROOT, [], [variants(variant)])


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("supernova.profile.kind=table", r"supernova\.profile\.table = None is not allowed with kind = table"),
        ("supernova.profile.table=my.csv", r"supernova\.profile\.table = my\.csv is not allowed with kind = chang"),
        ("supernova.R_far_km=45", r"supernova\.R_far_km = 45 .* must exceed supernova\.decays\.R_in_km = 50"),
        ("supernova.decays.gamma.E_min_MeV=200", r"decays\.gamma\.E_max_MeV = 100 is not allowed: must exceed"),
        ("supernova.helicity=left", r"supernova\.helicity = 'left' is not allowed: must be one of"),
        ("supernova.Q_max=1", r"unknown key supernova\.Q_max = 1; allowed there: criterion, L_nu_erg_s"),
    ],
)
def test_mistakes_in_the_section(assignment, message):
    with pytest.raises(ConfigError, match=message):
        load_config(ROOT, [], [assignment])


def test_variants_lie_over_the_section():
    config = load_config(ROOT)
    changed = supernova_config(with_variant(config, "rays=radial;profile.T_c_MeV=4e1;helicity=exact"))
    assert (changed.propagation.radial, changed.analytic.T_c_MeV) == (True, 40.0)
    assert changed.propagation.helicity is Helicity.EXACT
    assert with_variant(config, "") == config
    base = supernova_config(config)
    assert (base.criterion, base.analytic, base.lapse) == (Criterion.LUMINOSITY, Chang(), Lapse.NEWTONIAN)


def test_bounds_of_variants():
    assert bounds_of("default") == tuple(Bound)
    assert bounds_of("profile.T_c_MeV=40") == tuple(Bound)
    assert bounds_of("helicity=exact") == (Bound.COOLING,)


# ---- tables


def table(**changes):
    """The analytic star as a table with changed columns."""
    star = analytic_star(Chang(), NeutrinoDegeneracy(), Lapse.NEWTONIAN, 100.0)
    r = np.unique(np.concatenate([np.arange(0.0, 30.0, 0.25), np.geomspace(30.0, 120.0, 60)]))
    state, lapse = star.at(np.minimum(r, 119.0), True)
    columns = {
        "r_km": r,
        "rho_g_cm3": state.rho_g_cm3,
        "T_MeV": state.T_MeV,
        "Y_e": np.full(r.size, 0.3),
        "mu_e_MeV": state.mu_e_MeV,
        "mu_nue_MeV": state.mu_nu_MeV,
        "lapse": lapse,
    }
    return pd.DataFrame({**columns, **changes})


def test_a_table_of_the_analytic_star_is_that_star():
    # interpolation between 0.25 km in ln rho and ln T: measured 1e-4
    analytic = analytic_star(Chang(), NeutrinoDegeneracy(), Lapse.NEWTONIAN, 100.0)
    found = table_star(table(), Lapse.NONE)
    r = np.array([0.1, 5.05, 9.3, 14.7, 38.0])
    (a, lapse_a), (b, lapse_b) = analytic.at(r, True), found.at(r, True)
    for name in ("rho_g_cm3", "T_MeV", "mu_e_MeV", "k_S2_MeV2"):
        assert getattr(b, name) == pytest.approx(getattr(a, name), rel=1e-3, abs=0), name
    # the column of the table, not the option
    assert lapse_b == pytest.approx(lapse_a, rel=1e-4, abs=0)
    # without the column the option counts
    own = table_star(table().drop(columns="lapse"), Lapse.NONE)
    assert (own.lapse == 1.0).all()
    assert (own.R_core_km, found.radius_at_T_km(3.0)) == (10.0, pytest.approx(39.81, rel=1e-3))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (table().drop(columns="Y_e"), r"has no column Y_e; it needs r_km, rho_g_cm3"),
        (table(rho_g_cm3=table()["rho_g_cm3"] * 1e3), r"rho_g_cm3 = .* \(is the unit right\?\)"),
        (table(T_MeV=table()["T_MeV"] * 1.16e10), r"T_MeV = .* in row 1; allowed is 0\.001 \.\.\. 200"),
        (table(Y_e=np.nan), r"Y_e = nan in row 1"),
        (table()[::-1], r"the radii of the profile must increase"),
        (table()[:5], r"has 5 radii; at least 10 are needed"),
    ],
    ids=["column", "density", "kelvin", "nan", "order", "short"],
)
def test_tables_that_are_no_star(frame, message):
    with pytest.raises(DataError, match=message):
        table_star(frame, Lapse.NEWTONIAN)


def test_files_of_a_star(tmp_path):
    path = tmp_path / "star.csv"
    path.write_text("# a comment\n" + table().to_csv(index=False))
    assert read_profile(path).to_numpy() == pytest.approx(table().to_numpy(), rel=1e-12, abs=1e-12)
    with pytest.raises(DataError, match=r"supernova\.profile\.table: .*absent\.csv cannot be read"):
        read_profile(tmp_path / "absent.csv")
    path.write_text("r_km,T_MeV\n1,30\n2,hot\n")
    with pytest.raises(DataError, match=r"star\.csv: T_MeV = 'hot' in row 2 is no number"):
        read_profile(path)
    path.write_text("")
    with pytest.raises(DataError, match="cannot be read"):
        read_profile(path)
