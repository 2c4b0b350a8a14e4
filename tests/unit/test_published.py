"""Published curves enter the limits table with the side they bound and the criterion they come from."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nudipole.config.limits import load_limits
from nudipole.config.load import load_config
from nudipole.data.bundled import read_bundled
from nudipole.data.catalog import load_catalog
from nudipole.limits.published import BRDAR2020, published_curves
from nudipole.limits.record import PublishedLimit, limit_of
from nudipole.limits.table import curves_frame

ROOT = Path(__file__).resolve().parents[2]
CATALOG = load_catalog(ROOT / "resources" / "catalog.yaml")


@pytest.fixture(scope="module")
def records() -> list[PublishedLimit]:
    limits = load_limits(ROOT, load_config(ROOT))
    return [limit_of(key, limit.content, limit.path.parent) for key, limit in limits.items()]


@pytest.fixture(scope="module")
def frame(records: list[PublishedLimit]) -> pd.DataFrame:
    curves = read_bundled(CATALOG.dataset("published_curves_brdar2020"), ROOT)
    return curves_frame(published_curves(curves, records, ("mu", "e", "tau", "effective")))


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


def test_unverified_limits_say_so(frame: pd.DataFrame, records: list[PublishedLimit]) -> None:
    status = {f"pub_{record.key}": record.status for record in records}
    laboratory = frame[~frame["constraint"].str.startswith("pub_brdar2020_")]
    assert set(laboratory["constraint"]) == set(status)
    marked = laboratory["statistic"].str.contains("unverified")
    assert list(marked) == list(laboratory["constraint"].map(status) == "unverified")
    assert 0 < marked.sum() < len(marked)


def test_pieces_of_records_are_functions_of_the_mass(frame: pd.DataFrame) -> None:
    of_records = frame[~frame["constraint"].str.startswith("pub_brdar2020_")]
    for key, piece in of_records.groupby(["constraint", "flavour", "edge", "branch"]):
        assert piece["point"].tolist() == list(range(len(piece))), key
        assert (np.diff(piece["M_N_MeV"]) > 0.0).all(), key
    excluded = of_records[of_records["edge"].isin(["floor", "ceiling"])]
    for key, piece in excluded.groupby(["constraint", "flavour", "branch"]):
        assert piece["edge"].nunique() == 1, key


def test_published_limits_at_known_points(frame: pd.DataFrame) -> None:
    floors = frame[frame["edge"] == "floor"].groupby(["constraint", "flavour"])["mu_nu_muB"].min()
    # DONUT, hep-ex/0102026: 3.9e-7 mu_B (two digits, digitised to 1 %).
    assert floors["pub_donut", "tau"] == pytest.approx(3.9e-7, rel=0.01, abs=0)
    assert floors["pub_donut_recomputed", "tau"] == pytest.approx(3.9e-7, rel=0.01, abs=0)
    # The CHARM-II line was digitised twice, from this paper and from arXiv:2007.15563: 3 %.
    region = of_curve(frame, "CHARM2_NOMAD_region")["mu_nu_muB"].min()
    assert floors["pub_charm_ii", "mu"] == pytest.approx(region, rel=0.03, abs=0)
    # numbers of abstracts
    quoted = {"xenonnt": 6.4e-12, "borexino_phase2": 2.8e-11, "borexino_recast": 3.1e-11, "gemma": 2.9e-11}
    for key, mu_nu_muB in quoted.items():
        assert floors[f"pub_{key}", "effective"] == mu_nu_muB, key


def test_a_limit_for_all_flavours_has_the_same_points_for_each(frame: pd.DataFrame) -> None:
    columns = ["M_N_MeV", "mu_nu_muB"]
    lep = {flavour: rows[columns].to_numpy() for flavour, rows in of_pub(frame, "lep").groupby("flavour")}
    assert set(lep) == {"e", "mu", "tau"}
    assert (lep["e"] == lep["mu"]).all()
    assert (lep["e"] == lep["tau"]).all()


def test_branches_number_the_pieces_of_a_flavour(frame: pd.DataFrame) -> None:
    atmospheric = of_pub(frame, "superk_atm").drop_duplicates(["flavour", "edge", "branch"])
    found = atmospheric[["flavour", "edge", "branch"]].to_numpy().tolist()
    pieces = [[flavour, edge, branch] for flavour in ("e", "mu") for branch, edge in enumerate(("floor", "ceiling"))]
    assert found == [*pieces, ["tau", "floor", 0]]
    # both ends of an interval have the same number, as those that are computed
    interval = of_pub(frame, "xenon1t").drop_duplicates(["edge", "branch"])
    assert interval[["edge", "branch"]].to_numpy().tolist() == [["preferred_low", 0], ["preferred_high", 0]]


def of_pub(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    return frame[frame["constraint"] == f"pub_{key}"]
