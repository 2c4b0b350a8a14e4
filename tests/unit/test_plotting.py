"""The parameter-space figure shows every curve of its coupling, nothing off the grid, and no label over another."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Polygon
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from PIL import Image

from nudipole.config.figure_style import load_style
from nudipole.errors import ConfigError, DataError, StorageError
from nudipole.limits.table import Curve, Edge, Label, curves_frame, grid_status
from nudipole.plotting.bands import excluded_polygons
from nudipole.plotting.curves import Frame, Run
from nudipole.plotting.parameter_space import draw_parameter_space
from nudipole.plotting.regions import region_polygons
from nudipole.plotting.save import inputs_digest, save_figure
from nudipole.plotting.style import style_of

ROOT = Path(__file__).resolve().parents[2]
STYLE = style_of(load_style(ROOT))
OPTIONS = {
    "M_N_range_MeV": [1e-2, 1e3],
    "mu_nu_range_muB": [2e-13, 1e-7],
    "published_limits": True,
    "theory_bands": True,
    "cosmology_family": True,
    "reference_curves": True,
    "lifetimes_s": [],
    "naturalness": [],
}
MASSES = np.geomspace(1e-2, 1e3, 101)
SOURCES = pd.DataFrame(
    [
        ("charm_ii", "CHARM-II", "Coloma et al.", "1707.08573", "digitised", ""),
        ("minerva", "MINERvA", "Kamp et al.", "2206.07100", "unverified", ""),
        ("superk_atm", "Super-K atm.", "Gustafson et al.", "2205.02234", "digitised", ""),
        ("donut", "DONUT", "DONUT", "hep-ex/0102026", "digitised", ""),
    ],
    columns=["key", "label", "reference", "arxiv", "status", "note"],
)


def curve(
    name: str, M_N_MeV: np.ndarray, mu_nu_muB: np.ndarray, edge: Edge = Edge.FLOOR, branch: int = 0, **changes: object
) -> Curve:
    mu, status = grid_status(mu_nu_muB, 1e-14, 1e-6)
    origin = "published" if name.startswith("pub_") else "computed"
    label = Label(name, "default", True, "mu", 0.90, "", origin, "computed; data arXiv:2006.09721")
    return Curve(replace(label, **changes), edge, branch, M_N_MeV, mu, status)


def steep(mu_0_muB: float, M_0_MeV: float) -> np.ndarray:
    """Return a limit that leaves the grid above M_0, as a kinematic endpoint does."""
    return mu_0_muB * np.exp(np.minimum(MASSES / M_0_MeV, 100.0))


def computed_curves(flavour: str, scale: float = 1.0) -> Iterator[Curve]:
    xenon = steep(scale * 5e-11, 0.25)
    yield curve("xenon1t", MASSES, xenon, variant="tritium", flavour=flavour)
    yield curve("xenon1t", MASSES, 1.1 * xenon, variant="no_tritium", is_default=False, flavour=flavour)
    for variant, rise in (("finite_width", 0.015), ("damped", 0.014)):
        star = steep(2.5e-12, rise)
        yield curve("stellar", MASSES, star, variant=variant, is_default=variant == "finite_width", flavour=flavour)
    light = MASSES[MASSES < 0.15]
    for branch, (level, width) in enumerate(((0.6827, 1.4), (0.9545, 2.2))):
        for edge, factor in ((Edge.PREFERRED_LOW, 1.0 / width), (Edge.PREFERRED_HIGH, width)):
            yield curve(
                "xenon1t", light, np.full_like(light, scale * 4e-11 * factor), variant="no_tritium;region",
                is_default=False, edge=edge, branch=branch, confidence_level=level, flavour=flavour,
            )  # fmt: skip


def published_curves(flavour: str) -> Iterator[Curve]:
    middle = np.geomspace(5.0, 100.0, 20)
    yield curve("pub_charm_ii", np.geomspace(1.0, 139.0, 20), np.full(20, 2.9e-9), flavour=flavour)
    dip = np.geomspace(10.0, 850.0, 40)
    yield curve("pub_minerva", dip, 1.1e-9 * (180.0 / dip + dip / 180.0), flavour=flavour, confidence_level=0.95)
    yield curve("pub_superk_atm", middle, 3e-9 * np.exp((middle / 100.0) ** 2), flavour=flavour)
    yield curve("pub_superk_atm", np.array([70.0, 100.0]), np.array([6e-8, 8.2e-9]), Edge.CEILING, 1, flavour=flavour)
    yield curve("pub_donut", np.array([1.0, 300.0]), np.array([3.9e-7, 6e-7]), flavour=flavour)


def brdar_curves() -> Iterator[Curve]:
    prefix = "pub_brdar2020_"
    for name, level in (
        ("Borexino_90CL", 7e-11),
        ("XENON1T_ER_90CL_incl_tritium", 5.7e-11),
        ("CHARM2_NOMAD_region", 3e-9),
    ):
        yield curve(prefix + name, MASSES, steep(level, 0.3), variant="digitised")
    yield curve(prefix + "BBN_high_4He", MASSES, 1e-11 / MASSES, variant="digitised", edge=Edge.CEILING)
    for edge, level in ((Edge.PREFERRED_LOW, 5e-10), (Edge.PREFERRED_HIGH, 3e-9)):
        yield curve(
            prefix + "MiniBooNE_ROI", np.array([469.0, 530.0]), np.array([level, level]), edge, variant="digitised"
        )


@pytest.fixture(scope="module")
def limits() -> pd.DataFrame:
    others = [*computed_curves("e", 0.7), *published_curves("tau")]
    return curves_frame([*computed_curves("mu"), *published_curves("mu"), *brdar_curves(), *others])


@pytest.fixture(scope="module")
def figure(limits: pd.DataFrame) -> Figure:
    return draw_parameter_space(limits, SOURCES, "mu", OPTIONS, STYLE)


def curves_of(figure: Figure) -> list[np.ndarray]:
    return [np.asarray(line.get_xydata()) for line in figure.axes[0].lines if line.get_gid() != "leader"]


def is_drawn(rows: pd.DataFrame, drawn: list[np.ndarray]) -> bool:
    wanted = rows[["M_N_MeV", "mu_nu_muB"]].to_numpy()
    return any(set(map(tuple, wanted)) <= set(map(tuple, points)) for points in drawn)


def test_every_curve_of_the_coupling_in_the_frame_is_drawn(limits: pd.DataFrame, figure: Figure) -> None:
    rows = limits[(limits["flavour"] == "mu") & (limits["status"] == "ok")]
    rows = rows[rows["is_default"] | (rows["variant"] == "no_tritium;region")]
    drawn = curves_of(figure)
    hidden = {"pub_donut", "pub_brdar2020_CHARM2_NOMAD_region"}
    for key, of_it in rows.groupby(["constraint", "variant", "edge", "confidence_level", "branch"]):
        assert is_drawn(of_it, drawn) == (key[0] not in hidden), key


def test_digitised_regions_are_drawn_where_no_laboratory_limit_replaces_them() -> None:
    table = curves_frame([*computed_curves("mu"), *brdar_curves()])
    rows = table[(table["constraint"] == "pub_brdar2020_CHARM2_NOMAD_region") & (table["status"] == "ok")]
    assert is_drawn(rows, curves_of(draw_parameter_space(table, SOURCES, "mu", OPTIONS, STYLE)))


def test_other_couplings_and_other_variants_are_not_drawn(limits: pd.DataFrame, figure: Figure) -> None:
    wanted = limits[(limits["flavour"] == "mu") & (limits["status"] == "ok") & (limits["variant"] != "no_tritium")]
    allowed = set(map(tuple, wanted[["M_N_MeV", "mu_nu_muB"]].to_numpy()))
    for points in curves_of(figure):
        assert set(map(tuple, points)) <= allowed


def test_no_vertex_is_off_the_grid_or_not_a_number(figure: Figure) -> None:
    axes = figure.axes[0]
    assert not [artist for artist in axes.get_children() if isinstance(artist, Collection)]
    for patch in (child for child in axes.get_children() if isinstance(child, Polygon)):
        assert np.isfinite(patch.get_xy()).all()
        assert (patch.get_xy() > 0).all()
    for points in curves_of(figure):
        assert np.isfinite(points).all()
        assert points[:, 1].max() <= 1e-6


def test_a_limit_that_leaves_the_grid_ends_without_a_line_to_the_edge() -> None:
    mu = np.where((MASSES > 0.1) & (MASSES < 0.5), 1e-5, 1e-10)
    table = curves_frame([curve("xenon1t", MASSES, mu)])
    figure = draw_parameter_space(table, SOURCES, "mu", OPTIONS, STYLE)
    assert len(curves_of(figure)) == 2
    for points in curves_of(figure):
        assert (points[:, 1] == 1e-10).all()
        assert not ((points[:, 0] > 0.1) & (points[:, 0] < 0.5)).any()
    for patch in (child for child in figure.axes[0].get_children() if isinstance(child, Polygon)):
        assert patch.get_linewidth() == 0.0


@pytest.mark.parametrize("canvas", ["wide", "column"])
@pytest.mark.parametrize("window", [(1e-2, 1e3, 2e-13, 1e-7), (0.5, 500.0, 1e-10, 1e-7), (1e-2, 1e3, 1e-14, 1e-4)])
def test_labels_neither_overlap_nor_leave_the_frame(
    limits: pd.DataFrame, window: tuple[float, ...], canvas: str
) -> None:
    options = OPTIONS | {"M_N_range_MeV": list(window[:2]), "mu_nu_range_muB": list(window[2:])}
    figure = draw_parameter_space(limits, SOURCES, "mu", options, STYLE, canvas)
    axes = figure.axes[0]
    frame = axes.get_window_extent()
    texts = [text for text in axes.get_children() if isinstance(text, Text) and text.get_gid() == "label"]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    assert len(boxes) > 3
    for name, box in boxes:
        assert (box.min >= frame.min).all(), name
        assert (box.max <= frame.max).all(), name
    for (one, box), (other, another) in combinations(boxes, 2):
        assert not box.overlaps(another), (one, other)


def test_labels_without_room_go_to_the_legend() -> None:
    names = [f"pub_crowd{number}" for number in range(24)]
    crowd = [curve(name, np.array([1.0, 900.0]), np.full(2, 3e-11 * 1.01**n)) for n, name in enumerate(names)]
    rows = [(name.removeprefix("pub_"), f"Experiment {name}", "", "1234.56789", "digitised", "") for name in names]
    sources = pd.DataFrame(rows, columns=SOURCES.columns)
    options = OPTIONS | {"mu_nu_range_muB": [2e-11, 6e-11]}
    figure = draw_parameter_space(curves_frame(crowd), sources, "mu", options, STYLE)
    axes = figure.axes[0]
    legend = axes.get_legend()
    assert legend is not None
    shown = [t.get_text() for t in legend.get_texts()] + [
        c.get_text() for c in axes.get_children() if isinstance(c, Text)
    ]
    for name in names:
        assert any(f"Experiment {name}" in text.replace("\n", " ") for text in shown), name


@pytest.mark.parametrize("mu_nu_muB", [1e-11, 3e-8])
def test_right_axis_is_half_of_mu(figure: Figure, mu_nu_muB: float) -> None:
    axes = figure.axes[0]
    figure.canvas.draw()
    right = axes.child_axes[0]
    height = axes.transData.transform((1.0, mu_nu_muB))[1]
    d_per_GeV = right.transData.inverted().transform((0.0, height))[1]
    assert d_per_GeV == pytest.approx(148.152 * mu_nu_muB, rel=1e-5, abs=0)


def test_region_is_filled_up_to_its_ceiling_where_it_has_one() -> None:
    floor = Run(np.array([1.0, 10.0, 100.0]), np.array([1e-10, 1e-10, 1e-9]))
    ceiling = Run(np.array([10.0, 100.0]), np.array([1e-8, 1e-9]))
    (polygon,) = excluded_polygons([floor], [ceiling], Frame(0.1, 1e3, 1e-12, 1e-7))
    at = {mass: polygon[np.isclose(polygon[:, 0], mass, rtol=1e-6), 1] for mass in (1.0, 10.0, 100.0)}
    assert at[1.0].max() > 1e-7
    assert at[10.0].min() == pytest.approx(1e-10, rel=1e-6, abs=0)
    assert np.isclose(at[10.0], 1e-8).any()
    assert at[100.0].max() == pytest.approx(1e-9, rel=1e-6, abs=0)


def cosmology_curves(constraint: str = "bbn", variant: str = "decoupled;primat2023", **changes: object) -> list[Curve]:
    """A ceiling and a floor that meet at 1 MeV, with everything excluded below it, and an island at 100-200 MeV."""
    heavy, middle, light = MASSES[MASSES >= 1.0], np.geomspace(1.0, 8.0, 20), MASSES[MASSES < 1.0]
    island = np.geomspace(100.0, 200.0, 9)
    width = np.concatenate([[1.0], np.full(7, 2.0), [1.0]])
    pieces = [
        (heavy, 1e-10 / heavy, Edge.CEILING),
        (middle, 1e-10 * middle**3, Edge.FLOOR),
        (island, 2e-9 / width, Edge.FLOOR),
        (island, 2e-9 * width, Edge.CEILING),
        (MASSES, np.full(101, 1e-15), Edge.FLOOR),
        (light, np.full(len(light), 1e-5), Edge.CEILING),
    ]
    return [
        curve(constraint, M_N_MeV, mu, edge, branch, variant=variant, **changes)
        for branch, (M_N_MeV, mu, edge) in enumerate(pieces)
    ]


@pytest.mark.parametrize(
    ("M_N_MeV", "mu_nu_muB", "excluded"),
    [
        (0.1, 1e-12, True),
        (0.1, 5e-8, True),
        (3.0, 1e-12, True),
        (3.0, 1e-9, False),
        (3.0, 1e-8, True),
        (20.0, 1e-9, False),
        (150.0, 2.5e-13, True),
        (150.0, 1e-10, False),
        (150.0, 2e-9, True),
        (150.0, 1e-8, False),
        (300.0, 2e-9, False),
    ],
)
def test_contours_are_filled_where_they_exclude(M_N_MeV: float, mu_nu_muB: float, excluded: bool) -> None:
    rows = curves_frame(cosmology_curves())
    polygons = list(region_polygons(rows, Frame(1e-2, 1e3, 2e-13, 1e-7)))
    assert any(Outline(polygon).contains_point((M_N_MeV, mu_nu_muB)) for polygon in polygons) == excluded


def test_contours_are_one_shape_and_their_rims_no_lines() -> None:
    table = curves_frame(cosmology_curves())
    figure = draw_parameter_space(table, SOURCES, "mu", OPTIONS, STYLE)
    assert len([patch for patch in figure.axes[0].get_children() if isinstance(patch, PathPatch)]) == 1
    solid = table[table["status"] == "ok"]
    assert len(curves_of(figure)) == solid["branch"].nunique() == 4
    for _, piece in solid.groupby("branch"):
        assert is_drawn(piece, curves_of(figure))


@pytest.mark.parametrize("family", [True, False])
def test_other_initial_states_are_dotted_and_named_where_wanted(family: bool) -> None:
    others = cosmology_curves(variant="freeze-in_5MeV;primat2023", is_default=False)
    network = cosmology_curves(variant="decoupled;recommended", is_default=False)
    table = curves_frame([*cosmology_curves(), *others[1:2], *network])
    figure = draw_parameter_space(table, SOURCES, "mu", OPTIONS | {"cosmology_family": family}, STYLE)
    lines = [line for line in figure.axes[0].lines if line.get_gid() != "leader"]
    assert len(lines) == 4 + family
    assert sum(line.is_dashed() for line in lines) == family
    texts = [text.get_text() for text in figure.axes[0].get_children() if isinstance(text, Text)]
    assert ("freeze-in from 5 MeV" in texts) == family
    assert any("BBN" in text for text in texts)


def test_labels_of_cosmology_keep_clear_of_the_others(limits: pd.DataFrame) -> None:
    family = cosmology_curves(variant="thermal;primat2023", is_default=False)
    cmb = cosmology_curves("cmb", "decoupled;planck")
    table = pd.concat([limits, curves_frame([*cosmology_curves(), *cmb, *family[:2]])], ignore_index=True)
    axes = draw_parameter_space(table, SOURCES, "mu", OPTIONS, STYLE).axes[0]
    texts = [text for text in axes.get_children() if isinstance(text, Text) and text.get_gid() == "label"]
    assert {"thermal", "BBN $^4$He"} <= {text.get_text() for text in texts}
    for one, other in combinations(texts, 2):
        assert not one.get_window_extent().overlaps(other.get_window_extent()), (one, other)


def test_switches_remove_what_they_name(limits: pd.DataFrame) -> None:
    plain = draw_parameter_space(
        limits, SOURCES, "mu", OPTIONS | {"published_limits": False, "theory_bands": False}, STYLE
    )
    published = limits[(limits["origin"] == "published") & (limits["constraint"] == "pub_charm_ii")]
    assert not is_drawn(published[published["flavour"] == "mu"], curves_of(plain))
    assert not [p for p in plain.axes[0].get_children() if isinstance(p, Polygon) and p.get_hatch()]


@pytest.mark.parametrize("suffix", ["pdf", "png", "svg"])
def test_two_saves_are_identical_and_carry_their_provenance(
    limits: pd.DataFrame, figure: Figure, tmp_path: Path, suffix: str
) -> None:
    again = draw_parameter_space(limits, SOURCES, "mu", OPTIONS, STYLE)
    inputs = {"results/limits.parquet": "0" * 64}
    for drawn, name in ((figure, "one"), (again, "two")):
        save_figure(drawn, tmp_path / f"{name}.{suffix}", "A title", inputs)
    content = (tmp_path / f"one.{suffix}").read_bytes()
    assert content == (tmp_path / f"two.{suffix}").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"one.{suffix}", f"two.{suffix}"]
    if suffix == "png":
        text = Image.open(tmp_path / "one.png").text  # type: ignore[attr-defined]
        assert text["Title"] == "A title"
        assert inputs_digest(inputs) in text["Source"]
    else:
        assert b"A title" in content
        assert inputs_digest(inputs).encode() in content
    if suffix == "svg":
        assert b">XENON1T" in content
    if suffix == "pdf":
        assert b"CreationDate" not in content


def test_saving_where_it_cannot_be_written_is_a_storage_error(figure: Figure, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot write"):
        save_figure(figure, tmp_path / "file" / "one.png", "A title", {})
    with pytest.raises(ConfigError, match="'gif' is no format"):
        save_figure(figure, tmp_path / "one.gif", "A title", {})


def test_what_cannot_be_drawn_is_said(limits: pd.DataFrame) -> None:
    with pytest.raises(ConfigError, match="'sterile'"):
        draw_parameter_space(limits, SOURCES, "sterile", OPTIONS, STYLE)
    with pytest.raises(DataError, match="no row for the coupling 'mu'"):
        draw_parameter_space(limits.iloc[:0], SOURCES, "mu", OPTIONS, STYLE)
    with pytest.raises(ConfigError, match="M_N_range_MeV"):
        draw_parameter_space(limits, SOURCES, "mu", OPTIONS | {"M_N_range_MeV": [10.0, 1.0]}, STYLE)
    with pytest.raises(DataError, match="no row 'charm_ii'"):
        draw_parameter_space(limits, SOURCES.iloc[1:], "mu", OPTIONS, STYLE)


def test_curves_that_are_computed_here_are_drawn_as_published_only_on_request(limits: pd.DataFrame) -> None:
    rows = limits[(limits["constraint"] == "pub_brdar2020_Borexino_90CL") & (limits["status"] == "ok")]
    others = limits[limits["constraint"] == "pub_brdar2020_MiniBooNE_ROI"]
    for wanted in (True, False):
        drawn = draw_parameter_space(limits, SOURCES, "mu", OPTIONS | {"reference_curves": wanted}, STYLE)
        assert is_drawn(rows, curves_of(drawn)) == wanted
        assert is_drawn(others, curves_of(drawn))


def test_column_is_a_column_wide_and_its_letters_can_be_read(limits: pd.DataFrame) -> None:
    figure = draw_parameter_space(limits, SOURCES, "mu", OPTIONS, STYLE, "column")
    # 86 mm is a column of Physical Review; the measure allows 7 % more, as journals scale figures to theirs
    assert figure.get_figwidth() * 25.4 < 1.07 * 86.0
    written = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    # below 4.4 pt print is hard to read; labels shrink to 0.76 of their size where there is no room
    assert min(text.get_fontsize() for text in written) > 4.0


def test_a_line_that_ends_at_the_grid_inside_the_frame_is_explained() -> None:
    mu = np.where(MASSES < 1.0, 1e-16, 1e-11)
    inside = draw_parameter_space(curves_frame([curve("stellar", MASSES, mu)]), SOURCES, "mu", OPTIONS, STYLE)
    assert any("not drawn below the grid" in text.get_text() for text in inside.findobj(Text))
    falling = np.geomspace(1e-15, 1e-8, len(MASSES))
    outside = draw_parameter_space(curves_frame([curve("stellar", MASSES, falling)]), SOURCES, "mu", OPTIONS, STYLE)
    assert not any("not drawn below the grid" in text.get_text() for text in outside.findobj(Text))


def test_lines_of_equal_lifetime_are_where_the_width_puts_them(limits: pd.DataFrame) -> None:
    figure = draw_parameter_space(limits, SOURCES, "mu", OPTIONS | {"lifetimes_s": [1.0, 1e30]}, STYLE)
    plain = draw_parameter_space(limits, SOURCES, "mu", OPTIONS, STYLE)
    known = {tuple(points[0]) for points in curves_of(plain)}
    (line,) = [points for points in curves_of(figure) if tuple(points[0]) not in known]
    # tau = 3768 s (1e-11 mu_B/mu)^2 (MeV/M)^3: at 1 MeV and 1 s, 6.138e-10 mu_B; 1e30 s is below the frame
    at_1_MeV = np.exp(np.interp(0.0, np.log(line[:, 0]), np.log(line[:, 1])))
    assert at_1_MeV == pytest.approx(6.138e-10, rel=1e-3, abs=0)
    assert any(text.get_text() == r"$\tau_N = 1$ s" for text in figure.findobj(Text))
