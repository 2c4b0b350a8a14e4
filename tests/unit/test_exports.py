"""Exported curves and references: numbers that come back, heads that say everything, bytes that repeat."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nudipole.cli.main import main
from nudipole.config.figure_style import load_style
from nudipole.config.load import load_config
from nudipole.data.bibliography import read_bibliography
from nudipole.errors import DataError
from nudipole.exports import drawn
from nudipole.exports.curves import COLUMNS, HEADER_LINES, curve_files, index_text
from nudipole.exports.drawn import drawn_constraints
from nudipole.exports.provenance import Provenance
from nudipole.exports.references import parse_bibliography
from nudipole.exports.rows import safe_name
from nudipole.exports.sources import Cited, curve_sources
from nudipole.limits.table import Curve, Edge, Label, curves_frame, grid_status
from nudipole.plotting import published as published_drawing
from nudipole.plotting.parameter_space import draw_parameter_space
from nudipole.plotting.style import style_of
from nudipole.provenance.digest import files_of

ROOT = Path(__file__).resolve().parents[2]
BIBLIOGRAPHY = parse_bibliography(read_bibliography(ROOT))
PROVENANCE = Provenance("ab" * 32, "0123456789abcdef")
MASSES = np.geomspace(1e-2, 1.0, 7)
ROOFED = np.where(MASSES > 0.3, np.inf, 1e-10 / 3.0)
"""A limit that leaves the grid, with digits that a rounding would lose."""


def curve(name, mu_nu_muB, edge=Edge.FLOOR, branch=0, **changes):
    mu, status = grid_status(np.broadcast_to(mu_nu_muB, MASSES.shape).astype(float), 1e-14, 1e-6)
    label = Label(
        name,
        "default",
        True,
        "mu",
        0.90,
        "Delta(-2lnL) = 2.706, two-sided",
        "computed",
        "computed; data arXiv:2006.09721",
    )
    return Curve(replace(label, **changes), edge, branch, MASSES, mu, status)


LIMITS = curves_frame(
    [
        curve("my det/1", ROOFED),
        curve("my det/1", 2e-10, variant="other;solar=B23-GS98", is_default=False),
        curve("my det/1", 3e-11, Edge.PREFERRED_LOW, variant="no_tritium;region", is_default=False, statistic="region"),
        curve("bbn", 1e-11, Edge.CEILING, 0, statistic="no confidence level"),
        curve("bbn", np.where(MASSES > 0.3, np.inf, 1e-9), Edge.CEILING, 1, statistic="no confidence level"),
        curve("pub_charm_ii", 1e-8, origin="published", reference="Coloma et al., arXiv:1707.08573"),
        curve("pub_brdar2020_SN1987A", 1e-9, origin="published", reference="arXiv:2007.15563, Fig. 2"),
        curve("pub_far", 9e-7, origin="published", reference="arXiv:1803.03262"),
    ]
)
TABLES = [
    (LIMITS[LIMITS["constraint"] == "my det/1"], ("my own note", "Wang et al., Chin. Phys. C 45 (2021) 030003")),
    (LIMITS[LIMITS["origin"] == "published"], ("arXiv:2304.06772", "arXiv:2205.02234")),
]
COLLECTION = "Fernandez-Martinez et al., arXiv:2304.06772"
SOURCES = pd.DataFrame(
    [(key, key, "a paper", number, "", "digitised", "", key != "hidden", COLLECTION)
     for key, number in (("charm_ii", "1707.08573"), ("far", "1803.03262"), ("hidden", "2206.07100"))],
    columns=["key", "label", "reference", "arxiv", "doi", "status", "note", "drawn", "collection"],
)  # fmt: skip
CITED = Cited(BIBLIOGRAPHY, curve_sources(LIMITS, TABLES, SOURCES))


def files():
    return {file.name: file for file in curve_files(LIMITS, CITED, PROVENANCE)}


# ---- curves


def test_one_file_for_the_default_and_one_for_the_rest():
    assert sorted(files()) == [
        "bbn__mu.csv",
        "my_det_1__mu.csv",
        "my_det_1__mu__variants.csv",
        "pub_brdar2020_SN1987A__mu.csv",
        "pub_charm_ii__mu.csv",
        "pub_far__mu.csv",
    ]
    index = list(csv.DictReader(io.StringIO(index_text(list(files().values())))))
    assert [row["file"] for row in index] == sorted(files())
    assert sum(int(row["rows"]) for row in index) == len(LIMITS)


def test_pandas_and_numpy_read_every_number_back():
    for name, file in files().items():
        table = pd.read_csv(io.StringIO(file.text), comment="#")
        assert list(table.columns) == list(COLUMNS)
        rows = LIMITS[
            (LIMITS["constraint"] == file.constraint) & (LIMITS["is_default"] != name.endswith("variants.csv"))
        ]
        # exactly: the shortest text of a double stands for no other double
        np.testing.assert_array_equal(table["M_N_MeV"], rows["M_N_MeV"])
        np.testing.assert_array_equal(table["mu_nu_muB"], rows["mu_nu_muB"])
        read = np.genfromtxt(
            io.StringIO(file.text), skip_header=HEADER_LINES, delimiter=",", names=True, dtype=None, encoding="utf-8"
        )
        np.testing.assert_array_equal(read["mu_nu_muB"], rows["mu_nu_muB"])
        assert list(read["status"]) == list(rows["status"])


def test_the_head_says_where_a_curve_comes_from():
    for file in files().values():
        head = [line for line in file.text.splitlines() if line.startswith("#")]
        assert len(head) == HEADER_LINES
        text = "\n".join(head)
        for words in (file.constraint, "[MeV]", "mu_B", "CC-BY-4.0", "ab" * 32, "0123456789abcdef", *file.keys):
            assert words in text
    assert "Confidence level: 90 %" in files()["my_det_1__mu.csv"].text
    assert "Confidence level: none" in files()["bbn__mu.csv"].text
    assert "no_tritium;region: region" in files()["my_det_1__mu__variants.csv"].text


def test_rims_are_marked():
    table = pd.read_csv(io.StringIO(files()["bbn__mu.csv"].text), comment="#")
    assert list(table.groupby("branch")["is_rim"].all()) == [False, True]
    # off the grid, but no contour: the limit of a detector ends there
    assert not pd.read_csv(io.StringIO(files()["my_det_1__mu.csv"].text), comment="#")["is_rim"].any()


def test_the_same_limits_give_the_same_files():
    assert {name: file.text for name, file in files().items()} == {name: file.text for name, file in files().items()}
    shuffled = curve_files(LIMITS.iloc[::-1].sort_index(), CITED, PROVENANCE)
    assert {file.name: file.text for file in shuffled} == {name: file.text for name, file in files().items()}


@pytest.mark.parametrize("variant", ["a,b", "a#b", 'a"b', "a\nb"])
def test_a_cell_that_breaks_csv_is_refused(variant):
    with pytest.raises(DataError, match="cannot be written as CSV"):
        curve_files(LIMITS.replace({"variant": {"other;solar=B23-GS98": variant}}), CITED, PROVENANCE)


def test_two_constraints_in_one_file_are_refused():
    twins = curves_frame([curve("a b", 1e-10), curve("A_b", 1e-10)])
    cited = Cited(BIBLIOGRAPHY, curve_sources(twins, [], SOURCES))
    with pytest.raises(DataError, match=r"would both be written as .*__mu.csv"):
        curve_files(twins, cited, PROVENANCE)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("xenon1t_nr", "xenon1t_nr"),
        ("../x", "_x"),
        ("a b/c:d*é", "a_b_c_d_"),
        ("", "_"),
        (".x", "x"),
        ("0.3_a", "0.3_a"),
    ],
)
def test_safe_names(text, name):
    assert safe_name(text) == name


# ---- references


def test_what_each_curve_rests_on():
    assert CITED.keys(["my det/1"]) == ("Wang:2021", "XENON:2020excess")
    assert CITED.unlisted(["my det/1"]) == ("my own note",)
    # a published curve: its paper and who digitised it, not all papers of the table it stands in
    assert CITED.keys(["pub_charm_ii"]) == ("Coloma:2017", "FernandezMartinez:2023")
    assert CITED.keys(["pub_brdar2020_SN1987A"]) == ("Brdar:2020",)


def test_the_document_is_bibtex_with_its_provenance():
    text = CITED.document("All @ once", ["my det/1", "bbn"], PROVENANCE, software=True)
    found = parse_bibliography(text)
    expected = {"Wang:2021", "XENON:2020excess", "Matplotlib:2007", "Numba:2015", "NumPy:2020", "SciPy:2020"}
    assert set(found.entries) == {*expected, "Snakemake:2021"}
    assert "ab" * 32 in text
    assert "without an entry: my own note" in text
    assert text == CITED.document("All @ once", ["my det/1", "bbn"], PROVENANCE, software=True)


STYLE = style_of(load_style(ROOT))
OPTIONS = load_config(ROOT)["figures"]


@pytest.mark.parametrize("recomputed", [False, True])
def test_a_figure_cites_what_it_draws(monkeypatch, recomputed):
    """The rule for references against what the drawing functions do."""
    shown = set()
    for name in ("_draw_search", "_draw_digitised"):
        draw = getattr(published_drawing, name)

        def recorded(layer, rows, other, draw=draw):
            if draw(layer, rows, other):
                shown.add(rows["constraint"].iloc[0])
                return True
            return False

        monkeypatch.setattr(published_drawing, name, recorded)
    # IceCube is one of the digitised curves that this work has no curve of its own for
    limits = pd.concat([LIMITS, LIMITS[LIMITS["constraint"] == "pub_charm_ii"].assign(
        constraint="pub_brdar2020_IceCube_double_bang")])  # fmt: skip
    options = {**OPTIONS, "reference_curves": recomputed}
    draw_parameter_space(limits, SOURCES, "mu", options, STYLE)
    found = drawn_constraints(limits, "mu", options, STYLE)
    assert {name for name in found if name.startswith("pub_")} == shown
    assert ("pub_brdar2020_SN1987A" in found) == recomputed
    assert {"pub_charm_ii", "pub_brdar2020_IceCube_double_bang", "bbn", "my det/1"} <= set(found)
    assert "pub_far" not in found
    without = drawn_constraints(limits, "mu", {**options, "published_limits": False}, STYLE)
    assert without == ("bbn", "my det/1")


def test_a_constraint_the_style_hides_is_not_cited():
    hidden = next(name for name, look in STYLE.constraints.items() if not look.shown)
    assert hidden not in drawn.drawn_constraints(LIMITS.replace({"constraint": {"bbn": hidden}}), "mu", OPTIONS, STYLE)


# ---- manifest


def test_a_folder_counts_as_its_files(tmp_path):
    for name in ("b.csv", "a/c.csv", ".snakemake_timestamp"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert files_of(tmp_path) == (tmp_path / "a/c.csv", tmp_path / "b.csv")
    assert files_of(tmp_path / "b.csv") == (tmp_path / "b.csv",)


# ---- command line


def cite(capsys, *words):
    status = main(["cite", "--project", str(ROOT), *words])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_cite_prints_bibtex(capsys):
    status, out, err = cite(capsys, "xenonnt", "stellar")
    assert (status, err) == (0, "")
    found = set(parse_bibliography(out).entries)
    assert {"XENON:2022", "ArceoDiaz:2019", "Vinyoles:2016", "Esteban:2024"} <= found
    assert "LZ:2025" not in found
    # another star, another paper
    _, out, _ = cite(capsys, "stellar", "--set", "stellar.star=white-dwarf-light-hot")
    assert set(parse_bibliography(out).entries) == {"MillerBertolami:2014"}


def test_cite_as_json_covers_every_constraint(capsys):
    status, out, _ = cite(capsys, "--json")
    found = json.loads(out)
    assert status == 0
    assert all(found["constraints"].values())
    keys = {key for each in found["constraints"].values() for key in each}
    assert keys == set(parse_bibliography(found["bibtex"]).entries)
    assert {"bbn", "sn_gamma", "pub_lsnd", "pub_brdar2020_SN1987A", "darwin"} <= set(found["constraints"])


@pytest.mark.parametrize("name", ["nothing", "pub_nothing"])
def test_cite_of_nothing(capsys, name):
    status, out, err = cite(capsys, name)
    assert (status, out) == (1, "")
    assert f"unknown constraint '{name}'; choose one of" in err
