"""The explorer in a real browser: it says what the Python package says, alone and without a network."""

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nudipole.config.figure_style import load_style
from nudipole.explorer.content import page_content
from nudipole.explorer.page import explorer_page
from nudipole.limits.table import Curve, Edge, Label, curves_frame, grid_status
from nudipole.limits.verdicts import branches_of, verdict_at
from nudipole.plotting.style import style_of

ROOT = Path(__file__).resolve().parents[2]
MASSES = np.geomspace(1e-2, 1e3, 61)
LARGEST_BYTES = 5_000_000


def curve(
    name: str, mass: np.ndarray, mu: np.ndarray, edge: Edge = Edge.FLOOR, branch: int = 0, **label: object
) -> Curve:
    fields = {
        "variant": "standard",
        "is_default": True,
        "flavour": "mu",
        "confidence_level": 0.9,
        "statistic": "a test",
    }
    origin = "published" if name.startswith("pub_") else "computed"
    made = Label(**{**fields, "constraint": name, "origin": origin, "reference": "arXiv:2006.09721", **label})
    moments, status = grid_status(mu, 1e-14, 1e-6)
    return Curve(made, edge, branch, mass, moments, status)


def all_curves(flavour: str) -> list[Curve]:
    """A detector that ends, a variant, its region, a projection, a contour with ceilings, and a published limit."""
    steep = 5e-11 * np.exp(np.minimum(MASSES / 0.3, 60.0))
    heavy, middle, light = MASSES[MASSES >= 1.0], np.geomspace(1.0, 8.0, 20), np.geomspace(0.01, 0.1, 9)
    region = {"variant": "no_tritium;region", "is_default": False}
    cosmology = {"variant": "decoupled;primat2023"}
    found = [
        curve("xenon1t", MASSES, steep, variant="tritium"),
        curve("xenon1t", MASSES, 2.0 * steep, variant="no_tritium", is_default=False),
        curve("xenon1t", light, np.full(9, 2e-11), Edge.PREFERRED_LOW, **region),
        curve("xenon1t", light, np.full(9, 8e-11), Edge.PREFERRED_HIGH, **region),
        curve("darwin", MASSES, 0.1 * steep, statistic="projection, two-sided"),
        curve("bbn", heavy, 1e-10 / heavy, Edge.CEILING, 0, **cosmology),
        curve("bbn", middle, 1e-10 * middle**3, Edge.FLOOR, 1, **cosmology),
        curve("bbn", MASSES, np.full(61, 1e-15), Edge.FLOOR, 2, **cosmology),
        curve("bbn", MASSES[MASSES < 1.0], np.full((MASSES < 1.0).sum(), 1e-5), Edge.CEILING, 3, **cosmology),
        curve("pub_charm_ii", np.geomspace(1.0, 100.0, 9), np.full(9, 3e-9), variant="published"),
    ]
    labelled = [each.label for each in found]
    return [
        Curve(
            Label(**{**vars(label), "flavour": flavour}),
            each.edge,
            each.branch,
            each.M_N_MeV,
            each.mu_nu_muB,
            each.status,
        )
        for label, each in zip(labelled, found, strict=True)
    ]


@pytest.fixture(scope="module")
def limits() -> pd.DataFrame:
    weaker = [each for each in all_curves("e") if each.label.constraint != "pub_charm_ii"]
    return curves_frame([*all_curves("mu"), *weaker])


@pytest.fixture(scope="module")
def content(limits: pd.DataFrame) -> dict[str, object]:
    sources = pd.DataFrame({"key": ["charm_ii"], "label": ["CHARM-II"]})
    view = {"M_N_range_MeV": [1e-2, 1e3], "mu_nu_range_muB": [2e-13, 1e-7]}
    about = {"version": "0.0", "limits_sha256": "a" * 64, "view": view}
    return page_content(limits, sources, style_of(load_style(ROOT)), ("mu", "e"), about)


@pytest.fixture(scope="module")
def page_file(content: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(explorer_page(content), encoding="utf-8")
    return path


def ready(page) -> None:
    page.wait_for_selector("body[data-ready]")


def answers(page) -> dict[str, tuple[str, float | None]]:
    rows = page.evaluate(
        "[...document.querySelectorAll('#answer tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))"
    )
    margins = {row[0]: float(row[2].replace("−", "-").split()[0]) if row[2] else None for row in rows}
    return {row[0]: (row[1], margins[row[0]]) for row in rows}


def test_the_page_is_the_same_bytes_every_time_small_and_alone(content: dict[str, object]) -> None:
    one, two = explorer_page(content), explorer_page(json.loads(json.dumps(content)))
    assert one == two
    # 1.3 MB of it are BokehJS; the default analysis adds 1.1 MB of curves
    assert len(one.encode()) < LARGEST_BYTES
    own = one.split("<script>")[2] + one.split("<script>")[0]
    assert not re.search(r"(src|href)=[\"']?https?:|@import|fetch\(|XMLHttpRequest", own)


def test_it_loads_without_errors_requests_or_delay(open_page, page_file: Path) -> None:
    page, account = open_page(page_file)
    ready(page)
    assert account.errors == []
    assert account.requests == []
    # 0.6 s on two shared cores; ten times that would be something else than a slow machine
    assert page.evaluate("performance.getEntriesByName('drawn')[0].startTime") < 6000.0
    lines = page.evaluate("Bokeh.documents[0].get_model_by_name('lines').data.xs.length")
    fills = page.evaluate("Bokeh.documents[0].get_model_by_name('fills').data.xs.length")
    assert lines >= 6
    assert fills >= 4


def test_verdicts_are_those_of_python(open_page, page_file: Path, limits: pd.DataFrame) -> None:
    page, _ = open_page(page_file)
    ready(page)
    rng = np.random.default_rng(3)
    # a little beyond the masses of the curves too
    points = np.column_stack([10 ** rng.uniform(-2.2, 3.2, 1500), 10 ** rng.uniform(-14.5, -5.5, 1500)]).tolist()
    said = page.evaluate(
        "points => points.map(([x, y]) => window.nudipole.verdicts(x, y)"
        ".map(row => [row.constraint, row.verdict, row.margin_dex]))",
        points,
    )
    rows = limits[(limits["flavour"] == "mu") & limits["is_default"]]
    branches = {str(name): branches_of(of_it) for name, of_it in rows.groupby("constraint")}
    for (mass, moment), found in zip(points, said, strict=True):
        assert {name for name, _, _ in found} == set(branches)
        for name, verdict, margin in found:
            own = verdict_at(branches[name], mass, moment)
            # numbers in the page have five decimals; where a curve is steep, that of its mass counts several times
            if own.margin_dex is None or abs(own.margin_dex) > 1e-4:
                assert (verdict, margin is None) == (own.verdict, own.margin_dex is None), (name, mass, moment)
            if margin is not None and own.margin_dex is not None:
                assert margin == pytest.approx(own.margin_dex, abs=1e-4)


def test_a_click_asks_every_constraint(open_page, page_file: Path, limits: pd.DataFrame) -> None:
    page, account = open_page(page_file)
    ready(page)
    box = page.locator("#plane").bounding_box()
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.wait_for_selector("#answer tbody tr")
    point = page.evaluate("window.nudipole.state.point")
    found = answers(page)
    rows = limits[(limits["flavour"] == "mu") & limits["is_default"] & (limits["constraint"] == "xenon1t")]
    own = verdict_at(branches_of(rows), point["x"], point["y"])
    # margins are written with three decimals
    assert found["XENON1T"] == (own.verdict, pytest.approx(own.margin_dex, abs=6e-4))
    assert found["DARWIN"][0] == "would be excluded"
    assert set(found) == {"XENON1T", "DARWIN", "BBN ⁴He", "CHARM-II"}
    assert account.errors == []


def test_the_mouse_over_a_curve_tells_its_number_and_source(open_page, page_file: Path) -> None:
    page, _ = open_page(page_file)
    ready(page)
    at = "10 ** -1.5, 5e-11 * Math.exp(10 ** -1.5 / 0.3)"
    hint = page.evaluate(f"(window.nudipole.hint({at}), document.querySelector('#hint').textContent)")
    for part in ("XENON1T", "M_N = ", "μ_B", "90 % CL", "a test", "tritium", "arXiv:2006.09721"):
        assert part in hint, part
    numbers = re.search(r"M_N = ([0-9.e-]+) MeV, μ_ν = ([0-9.e-]+) μ_B", hint)
    assert float(numbers[1]) == pytest.approx(10**-1.5, rel=0.02)
    # four digits, and the curve is straight between its masses
    assert float(numbers[2]) == pytest.approx(5e-11 * np.exp(10**-1.5 / 0.3), rel=5e-3, abs=0)


def test_the_mouse_finds_curves_and_leaves_them(open_page, page_file: Path) -> None:
    page, account = open_page(page_file)
    ready(page)
    box = page.locator("#plane").bounding_box()
    seen = set()
    for step in range(60):
        page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + box["height"] * (0.05 + 0.8 * step / 60))
        seen.add(page.locator("#hint").is_visible())
    assert seen == {True, False}
    assert account.errors == []


def test_flavour_variant_and_boxes_change_what_is_shown(open_page, page_file: Path) -> None:
    page, _ = open_page(page_file)
    ready(page)
    page.evaluate("window.nudipole.select(0.02, 8e-11)")
    assert answers(page)["XENON1T"][0] == "excluded"
    page.get_by_label("Variant of XENON1T", exact=True).select_option("no_tritium")
    assert answers(page)["XENON1T"][0] == "allowed"
    count = "Bokeh.documents[0].get_model_by_name('lines').data.xs.length"
    before = page.evaluate(count)
    page.locator("#show-darwin").uncheck()
    assert page.evaluate(count) == before - 1
    page.locator("#flavours input[value=e]").check()
    assert "CHARM-II" not in answers(page)


def test_a_link_restores_what_was_seen(open_page, page_file: Path) -> None:
    page, _ = open_page(page_file)
    ready(page)
    page.locator("#flavours input[value=e]").check()
    page.locator("#show-bbn").uncheck()
    page.evaluate("window.nudipole.setView([0.1, 10], [1e-12, 1e-9])")
    page.evaluate("window.nudipole.select(0.5, 3e-11)")
    fragment = page.evaluate("location.hash")
    again, account = open_page(page_file, fragment)
    ready(again)
    assert again.evaluate("window.nudipole.state.flavour") == "e"
    assert not again.locator("#show-bbn").is_checked()
    assert again.evaluate("window.nudipole.view().x") == pytest.approx([0.1, 10.0], rel=1e-3)
    assert again.evaluate("window.nudipole.state.point.x") == pytest.approx(0.5, rel=1e-5)
    assert answers(again) == answers(page)
    assert account.errors == []


@pytest.mark.parametrize("fragment", ["#f=sterile&x=1,0&p=-1,2", "#c=nothing:else|-xenon1t:unknown&x=a,b", "#%%%"])
def test_a_broken_link_gives_the_whole_plane(open_page, page_file: Path, fragment: str) -> None:
    page, account = open_page(page_file, fragment)
    ready(page)
    assert page.evaluate("window.nudipole.view().x") == pytest.approx([0.01, 1000.0])
    assert account.errors == []


def test_keys_move_zoom_and_ask(open_page, page_file: Path) -> None:
    page, _ = open_page(page_file)
    ready(page)
    page.locator("#plane").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("window.nudipole.view().x[0]") == pytest.approx(10**-1.5, rel=1e-6)
    page.keyboard.press("0")
    page.keyboard.press("+")
    assert page.evaluate("Math.log10(window.nudipole.view().x[1] / window.nudipole.view().x[0])") == pytest.approx(4.0)
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    assert answers(page)
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()


def test_a_typed_point_is_asked_and_nonsense_is_not(open_page, page_file: Path) -> None:
    page, _ = open_page(page_file)
    ready(page)
    page.locator("#mass").fill("nonsense")
    page.locator("#ask button").click()
    assert "positive" in page.locator("#said").text_content()
    page.locator("#mass").fill("0.1")
    page.locator("#moment").fill("1e-10")
    page.locator("#moment").press("Enter")
    assert page.evaluate("window.nudipole.state.point") == {"x": 0.1, "y": 1e-10}


def test_the_curves_can_be_taken_along(open_page, page_file: Path, limits: pd.DataFrame) -> None:
    page, _ = open_page(page_file)
    ready(page)
    with page.expect_download() as waiting:
        page.locator("#csv").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert "a" * 64 in text
    table = pd.read_csv(io.StringIO(text), comment="#")
    shown = limits[(limits["flavour"] == "mu") & (limits["status"] == "ok")]
    shown = shown[shown["is_default"] | (shown["variant"] == "no_tritium;region")]
    assert len(table) == len(shown)
    assert np.isclose(table["mu_nu_muB"].sum(), shown["mu_nu_muB"].sum(), rtol=1e-4)
    assert np.allclose(table["d_per_GeV"] / table["mu_nu_muB"], 148.152, rtol=1e-4)
    assert next(csv.reader([text.splitlines()[3]]))[:3] == ["constraint", "variant", "flavour"]


def test_on_a_phone_nothing_sticks_out_and_a_tap_asks(open_page, page_file: Path) -> None:
    page, account = open_page(page_file, viewport={"width": 375, "height": 740}, has_touch=True)
    ready(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    box = page.locator("#plane").bounding_box()
    page.touchscreen.tap(box["x"] + 0.4 * box["width"], box["y"] + 0.4 * box["height"])
    page.wait_for_selector("#answer tbody tr")
    assert account.errors == []
