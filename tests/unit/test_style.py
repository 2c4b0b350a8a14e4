"""The style file: what a user lays over it is used, and what is wrong with it is said before anything is drawn."""

from pathlib import Path

import pytest

from nudipole.config.figure_style import STYLE_PATH, load_style
from nudipole.errors import ConfigError
from nudipole.plotting.style import style_of

ROOT = Path(__file__).resolve().parents[2]


def laid_over(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_style_of_the_project_names_every_constraint_in_drawing_order() -> None:
    style = style_of(load_style(ROOT))
    names = list(style.constraints)
    assert {"xenon1t", "borexino", "xenonnt", "stellar", "supernova", "bbn", "cmb", "darwin"} <= set(names)
    assert names.index("cmb") < names.index("xenon1t")
    assert style.constraints["xenonnt"].text_colour == style.constraints["xenonnt"].colour


def test_a_file_laid_over_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    mine = laid_over(tmp_path, "constraints: {borexino: {colour: '#123456'}}\nrc: {font.family: DejaVu Serif}\n")
    plain, changed = style_of(load_style(ROOT)), style_of(load_style(ROOT, mine))
    assert changed.constraints["borexino"].colour == "#123456"
    assert changed.constraints["borexino"].label == plain.constraints["borexino"].label
    assert changed.rc["font.family"] == "DejaVu Serif"
    assert {name: look for name, look in changed.constraints.items() if name != "borexino"} == {
        name: look for name, look in plain.constraints.items() if name != "borexino"
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "constraints: {xenon1t: {color: '#123456'}}",
            r"unknown key constraints\.xenon1t\.color .*did you mean colour",
        ),
        ("constraints: {xenon1t: {colour: blue}}", r"constraints\.xenon1t\.colour = 'blue' is not allowed"),
        ("constraints: {mine: {label: Mine}}", r"constraints\.mine: missing colour"),
        ("canvases: {poster: {label_pt: 30}}", r"unknown key canvases\.poster"),
        ("together: {fill: 2}", r"together\.fill = 2 is not allowed: must be a number, >= 0, <= 1"),
        ("- a list", "must hold keys and values"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_style(ROOT, laid_over(tmp_path, text))


@pytest.mark.parametrize("rc", ["{axes.linewdith: 1}", "{axes.linewidth: wide}"])
def test_parameters_that_matplotlib_does_not_know_are_refused(tmp_path: Path, rc: str) -> None:
    with pytest.raises(ConfigError, match=r"rc\.axes\.line"):
        style_of(load_style(ROOT, laid_over(tmp_path, f"rc: {rc}")))


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml does not exist"):
        load_style(ROOT, "nowhere.yaml")
    assert (ROOT / STYLE_PATH).is_file()
