"""The HEPData submission: accepted by the validator, numbers that come back, the same bytes twice, faults named."""

import os
import tarfile
from dataclasses import replace

import numpy as np
import pytest
import yaml
from PIL import Image

from nudipole.errors import DataError
from nudipole.exports.archive import pack, validate, write_submission
from nudipole.exports.hepdata import ABSENT, contents
from nudipole.exports.provenance import Provenance
from nudipole.limits.table import Curve, Edge, Label, curves_frame, grid_status

PROVENANCE = Provenance("cd" * 32, "fedcba9876543210")
MASSES = np.geomspace(1e-2, 1.0, 5)
REFERENCE = "computed; data arXiv:2006.09721"
BIBTEX = "@misc{A:2000, eprint = {2000.00001}}\n"


def curve(name, mu_nu_muB, edge=Edge.FLOOR, branch=0, **changes):
    mu, status = grid_status(np.broadcast_to(mu_nu_muB, MASSES.shape).astype(float), 1e-14, 1e-6)
    label = Label(
        name, "first", True, "mu", 0.90, "two-sided: q = 2.706", "computed", "computed; data arXiv:2006.09721"
    )
    return Curve(replace(label, **changes), edge, branch, MASSES, mu, status)


def limits(name="my det/1"):
    other = {"variant": "other;solar=B23-GS98", "is_default": False}
    region = {"variant": "first;region", "is_default": False, "statistic": "2 parameters"}
    return curves_frame(
        [
            curve(name, np.where(MASSES > 0.5, np.inf, MASSES * 1.23456789e-10)),
            curve(name, 2e-10, flavour="e"),
            curve(name, 2.5e-10, **other),
            curve(name, 1e-11, Edge.PREFERRED_LOW, confidence_level=0.6827, **region),
            curve(name, 2e-11, Edge.PREFERRED_HIGH, confidence_level=0.6827, **region),
            curve(name, 0.9e-11, Edge.PREFERRED_LOW, 1, confidence_level=0.9545, **region),
            curve("cmb", 1e-9, Edge.CEILING, statistic="Delta N_eff, no confidence level"),
            curve("cmb", 1e-11, Edge.FLOOR, 1, statistic="Delta N_eff, no confidence level"),
            curve("cmb", np.where(MASSES > 0.5, np.inf, 1e-7), Edge.CEILING, 2, statistic="no confidence level"),
            curve("cmb", 1e-9, Edge.CEILING, flavour="tau", statistic="Delta N_eff, no confidence level"),
            curve("cmb", 1e-11, Edge.FLOOR, 1, flavour="tau", statistic="Delta N_eff, no confidence level"),
            curve("pub_x", 1e-9, origin="published"),
        ]
    )


@pytest.fixture
def figures(tmp_path):
    found = {}
    for flavour in ("mu", "e"):
        found[flavour] = tmp_path / f"parameter_space_{flavour}.png"
        Image.new("RGB", (800, 600), (200, 220, 255)).save(found[flavour])
    return found


@pytest.fixture
def submission(tmp_path, figures):
    target = tmp_path / "hepdata"
    write_submission(limits(), PROVENANCE, figures, BIBTEX, target)
    return target


def table(submission, name):
    content = yaml.safe_load((submission / "submission" / f"{name}.yaml").read_text(encoding="utf-8"))
    columns = {
        column["header"]["name"]: [row["value"] for row in column["values"]]
        for kind in ("independent_variables", "dependent_variables")
        for column in content[kind]
    }
    return content, columns


def documents(submission):
    text = (submission / "submission/submission.yaml").read_text(encoding="utf-8")
    first, *tables = yaml.safe_load_all(text)
    return first, {document["name"]: document for document in tables}


def test_the_tables_are_the_computed_curves(submission):
    _, tables = documents(submission)
    assert list(tables) == [
        "my_det_1 mu", "my_det_1 e", "cmb mu tau", "my_det_1 mu favoured", "my_det_1 mu variants",
    ]  # fmt: skip


def test_numbers_come_back_with_six_digits(submission):
    content, columns = table(submission, "my_det_1_mu")
    inside = MASSES <= 0.5
    # half a unit of the sixth digit of a number that starts with 1
    np.testing.assert_allclose(columns["M_N"], MASSES[inside], rtol=5e-6)
    np.testing.assert_allclose(columns["mu_nu, smallest excluded"], MASSES[inside] * 1.23456789e-10, rtol=5e-6)
    assert content["independent_variables"][0]["header"]["units"] == "MeV"
    assert content["dependent_variables"][0]["header"]["units"] == "mu_B"
    named = {each["name"]: each["value"] for each in content["dependent_variables"][0]["qualifiers"]}
    assert named == {
        "Constraint": "my det/1",
        "Flavour": "mu",
        "Edge": "floor",
        "Variant": "first",
        "Confidence level": "90 %",
        "Statistic": "two-sided: q = 2.706",
        "Reference": REFERENCE,
    }


def test_edges_are_columns_and_rims_are_left_out(submission):
    content, columns = table(submission, "cmb_mu_tau")
    assert columns["piece of the contour"] == [0] * 5 + [1] * 5
    assert columns["mu_nu, largest excluded"] == [1e-9] * 5 + [ABSENT] * 5
    assert columns["mu_nu, smallest excluded"] == [ABSENT] * 5 + [1e-11] * 5
    named = {each["name"]: each["value"] for each in content["dependent_variables"][0]["qualifiers"]}
    assert (named["Confidence level"], named["Flavour"]) == ("none", "mu, tau")


def test_regions_have_their_level_as_a_column(submission):
    _, columns = table(submission, "my_det_1_mu_favoured")
    assert columns["confidence level"] == [0.6827] * 10 + [0.9545] * 5
    assert columns["mu_nu, smallest favoured"] == [1e-11] * 5 + [ABSENT] * 5 + [0.9e-11] * 5


def test_descriptions_say_where_a_table_comes_from(submission):
    first, tables = documents(submission)
    assert first["data_license"]["name"] == "CC-BY-4.0"
    assert "cd" * 32 in first["comment"]
    one = tables["my_det_1 mu"]
    assert one["location"] == "Figure parameter_space_mu"
    for words in ("coupling to nu_mu alone", "Variant first (confidence level 90 %): two-sided", "cd" * 32):
        assert words in one["description"]
    assert [each["location"] for each in one["additional_resources"]] == [
        "parameter_space_mu.png", "thumb_parameter_space_mu.png",
    ]  # fmt: skip
    assert {each["name"] for each in one["keywords"]} == {"reactions", "observables", "phrases"}
    assert (submission / "submission/references.bib").read_text() == BIBTEX


def test_the_archive_holds_the_folder_and_nothing_of_this_machine(submission, tmp_path):
    # bytes 4 to 7 of a gzip file are its date
    assert (submission / "submission.tar.gz").read_bytes()[4:8] == bytes(4)
    with tarfile.open(submission / "submission.tar.gz") as archive:
        entries = archive.getmembers()
        assert [entry.name for entry in entries] == sorted(path.name for path in (submission / "submission").iterdir())
        assert {(entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname) for entry in entries} == {
            (0, 0, 0, "", "")
        }
        for entry in entries:
            assert str(tmp_path).encode() not in archive.extractfile(entry).read()


def test_the_same_limits_give_the_same_bytes(submission, figures, tmp_path):
    again = tmp_path / "elsewhere" / "again"
    for path in figures.values():
        os.utime(path, (1, 1))
    write_submission(limits(), PROVENANCE, figures, BIBTEX, again)
    for path in sorted(submission.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (again / path.relative_to(submission)).read_bytes(), path.name
    # dates of the files are not in the archive
    for path in (again / "submission").iterdir():
        os.utime(path, (2e9, 2e9))
    pack(again / "submission", again / "later.tar.gz")
    assert (again / "later.tar.gz").read_bytes() == (submission / "submission.tar.gz").read_bytes()


def test_writing_again_leaves_nothing_of_the_last_time(submission, figures):
    write_submission(limits("renamed"), PROVENANCE, figures, BIBTEX, submission)
    assert not list((submission / "submission").glob("my_det*"))
    validate(submission / "submission")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("value:", "valu:", "valu"),
        ("independent_variables", "variables", "independent_variables"),
        ("  - value: 0.01\n", "", "Length"),
    ],
)
def test_a_broken_table_is_refused(submission, old, new, words):
    path = submission / "submission/my_det_1_mu.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match="not valid") as caught:
        validate(submission / "submission")
    assert words.lower() in str(caught.value).lower()
    assert str(submission) not in str(caught.value)


def test_a_missing_table_is_refused(submission):
    (submission / "submission/my_det_1_mu.yaml").unlink()
    with pytest.raises(DataError, match=r"Missing data_file 'my_det_1_mu\.yaml'"):
        validate(submission / "submission")


def test_an_invalid_submission_is_not_packed(tmp_path, figures, monkeypatch):
    monkeypatch.setattr("nudipole.exports.hepdata.KEYWORDS", {"cmenergies": ["no energy"]})
    with pytest.raises(DataError, match="not valid"):
        write_submission(limits(), PROVENANCE, figures, BIBTEX, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_names_that_cannot_be_tables(tmp_path, figures):
    with pytest.raises(DataError, match="has 68 characters, HEPData allows 64; shorten"):
        write_submission(limits("x" * 65), PROVENANCE, figures, BIBTEX, tmp_path / "out")
    with pytest.raises(DataError, match="would both be written"):
        contents(curves_frame([curve("a b", 1e-10), curve("a_b", 1e-10)]))
    with pytest.raises(DataError, match="nothing to submit"):
        write_submission(limits()[:0], PROVENANCE, figures, BIBTEX, tmp_path / "out")


def test_a_coupling_without_a_figure(tmp_path):
    write_submission(limits(), PROVENANCE, {}, BIBTEX, tmp_path / "out")
    _, tables = documents(tmp_path / "out")
    assert {each["location"] for each in tables.values()} == {"Not in a figure"}
