"""Published curves enter the limits table with the side they bound and the criterion they come from."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nudipole.data.bundled import read_bundled
from nudipole.data.catalog import load_catalog
from nudipole.limits.published import BRDAR2020, published_curves
from nudipole.limits.table import curves_frame

ROOT = Path(__file__).resolve().parents[2]
CATALOG = load_catalog(ROOT / "resources" / "catalog.yaml")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    names = ("published_curves_brdar2020", "published_dipole_limits", "published_limit_sources")
    tables = (read_bundled(CATALOG.dataset(name), ROOT) for name in names)
    return curves_frame(published_curves(*tables, ("mu", "e", "tau", "effective")))


def of_curve(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    return frame[frame["constraint"] == f"pub_brdar2020_{name}"]


def test_every_line_of_the_figure_is_there(frame: pd.DataFrame) -> None:
    drawn = set(read_bundled(CATALOG.dataset("published_curves_brdar2020"), ROOT)["curve"])
    assert drawn == set(BRDAR2020)
    for name in drawn:
        assert len(of_curve(frame, name)) > 3


def test_edges_are_single_valued_in_mass(frame: pd.DataFrame) -> None:
    # a line that turns back in mass is cut there, but for digitisation jitter of fewer than three steps
    for name in BRDAR2020:
        for _, piece in of_curve(frame, name).groupby(["edge", "branch"]):
            steps = np.sign(np.diff(piece["M_N_MeV"]))
            against = min((steps > 0).sum(), (steps < 0).sum())
            assert against <= 2, name


def test_helium_line_changes_sides_where_it_turns(frame: pd.DataFrame) -> None:
    pieces = of_curve(frame, "BBN_high_4He").drop_duplicates(["edge", "branch"]).sort_values("branch")
    assert list(pieces["edge"]) == ["ceiling", "floor", "ceiling", "floor"]


def test_supernova_band_has_its_published_edges(frame: pd.DataFrame) -> None:
    band = of_curve(frame, "SN1987A")
    # 5.5e-13 and 4.2e-10 mu_B at low mass, read off the figure to two digits
    lightest = band.sort_values("M_N_MeV").groupby("edge").first()["mu_nu_muB"]
    assert lightest["floor"] == pytest.approx(5.5e-13, rel=0.02, abs=0)
    assert lightest["ceiling"] == pytest.approx(4.2e-10, rel=0.02, abs=0)


def test_favoured_box_has_two_sides(frame: pd.DataFrame) -> None:
    box = of_curve(frame, "MiniBooNE_ROI").groupby("edge")["mu_nu_muB"]
    assert set(box.groups) == {"preferred_low", "preferred_high"}
    assert box.get_group("preferred_low").max() < box.get_group("preferred_high").min()


def test_a_projection_is_not_a_limit(frame: pd.DataFrame) -> None:
    rows = of_curve(frame, "IceCube_double_bang")
    assert set(rows["variant"]) == {"projection"}
    assert rows["statistic"].str.contains("not a limit").all()


def test_unverified_limits_say_so(frame: pd.DataFrame) -> None:
    sources = read_bundled(CATALOG.dataset("published_limit_sources"), ROOT).set_index("key")
    laboratory = frame[~frame["constraint"].str.startswith("pub_brdar2020_")]
    marked = laboratory["statistic"].str.contains("unverified")
    expected = sources["status"].loc[laboratory["constraint"].str.removeprefix("pub_")] == "unverified"
    assert list(marked) == list(expected)
