"""The bundled bibliography: an entry for all that is cited, nothing else, and BibTeX that comes back as it was."""

import dataclasses
from pathlib import Path

import pytest

from nudipole.data.bibliography import (
    check_references,
    cited,
    dataset_text,
    known,
    names_of,
    read_bibliography,
)
from nudipole.data.catalog import Catalog, load_catalog
from nudipole.errors import DataError
from nudipole.exports.references import SOFTWARE, Paper, parse_bibliography

ROOT = Path(__file__).resolve().parents[2]
CATALOG = load_catalog(ROOT / "resources/catalog.yaml")
TEXT = read_bibliography(ROOT)
BIBLIOGRAPHY = parse_bibliography(TEXT)
WHERE = {
    "resources": ("*.yaml", "*.md"),
    "config": ("*.yaml", "*.md"),
    "docs": ("*.md", "*.rst", "*.ipynb"),
    "workflow": ("*.py", "*.smk", "*.yaml", "*.rst"),
    ".": ("README.md", "CITATION.cff"),
}
"""Where the project cites, beside its tables."""
EXAMPLES = {"arXiv:2601.00001", "doi:10.1000/182", "1 (2026) 2", "1 (2026) 3"}
"""Invented papers in the worked examples of the documents."""


def repository_texts() -> dict[str, str]:
    texts = {}
    for folder, patterns in WHERE.items():
        for pattern in patterns:
            found = (ROOT / folder).glob(pattern) if folder == "." else (ROOT / folder).rglob(pattern)
            texts |= {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in found}
    for path in (ROOT / "resources").rglob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        texts[str(path.relative_to(ROOT))] = "\n".join(line for line in lines if line.startswith("#"))
    return texts | {f"catalogue, {dataset.name}": dataset_text(dataset) for dataset in CATALOG.datasets}


TEXTS = repository_texts()


def test_everything_cited_has_an_entry():
    entries = known(TEXT)
    missing = [
        f"{where}: {name}" for where, text in TEXTS.items() for name in cited(text) if name not in entries | EXAMPLES
    ]
    assert missing == []
    # the scan sees the references that are written in the code of the constraints
    assert any(where.endswith("constraints/supernova.py") and cited(text) for where, text in TEXTS.items())


def test_every_entry_is_cited():
    used = {name for text in TEXTS.values() for name in cited(text)}
    words = "\n".join(TEXTS.values())
    for key, entry in BIBLIOGRAPHY.entries.items():
        by_name = used.intersection(names_of(entry.fields))
        by_title = not names_of(entry.fields) and entry.fields["title"].strip("{}") in words
        assert by_name or by_title or key in SOFTWARE, key


def test_entries_say_at_least_where_to_find_the_paper():
    for key, entry in BIBLIOGRAPHY.entries.items():
        assert names_of(entry.fields) or "title" in entry.fields, key
        assert ("eprint" in entry.fields) == ("archivePrefix" in entry.fields), key
        if "journal" in entry.fields:
            assert {"volume", "pages", "year", "title"} <= set(entry.fields), key


def test_reading_as_text_finds_what_pybtex_finds():
    parsed = {name for entry in BIBLIOGRAPHY.entries.values() for name in names_of(entry.fields)}
    assert known(TEXT) == parsed
    assert len(parsed) > len(BIBLIOGRAPHY.entries)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("computed; data arXiv:2207.11330, arXiv:2408.07641", ["arXiv:2207.11330", "arXiv:2408.07641"]),
        ("astro-ph/0302055 (cross section)", ["arXiv:astro-ph/0302055"]),
        ("arXiv:hep-ph/9302213v2.", ["arXiv:hep-ph/9302213"]),
        ("https://arxiv.org/abs/2007.15563", []),
        ("(doi:10.1007/JHEP09(2023)001).", ["doi:10.1007/jhep09(2023)001"]),
        ('doi: "10.1103/PhysRevC.56.3391"', ["doi:10.1103/physrevc.56.3391"]),
        ("JCAP 01 (2021) 039, ApJ 621 (2005) L85", ["01 (2021) 039", "621 (2005) L85"]),
        ("0.5,1.086683,1007.7558,325.52048; 2.72548(57) K", []),
        ("my paper", []),
    ],
)
def test_what_a_text_cites(text, names):
    assert list(cited(text)) == names


def test_data_without_an_entry_stops_the_run():
    check_references(ROOT, CATALOG, {"mine": {"citation": ["my paper", "arXiv:2007.15563"]}})
    with pytest.raises(DataError, match=r"the detector record mine cites arXiv:9912\.34567"):
        check_references(ROOT, CATALOG, {"mine": {"citation": ["arXiv:9912.34567"]}})
    altered = dataclasses.replace(CATALOG.datasets[0], doi="10.9999/none")
    with pytest.raises(DataError, match=r"dataset solar_fluxes of the catalogue cites doi:10\.9999/none"):
        check_references(ROOT, Catalog((altered, *CATALOG.datasets[1:])), {})


def test_a_project_without_a_bibliography(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        check_references(tmp_path, CATALOG, {})


def test_written_entries_are_read_back_unchanged():
    written = BIBLIOGRAPHY.bibtex(BIBLIOGRAPHY.entries)
    again = parse_bibliography(written)
    assert list(again.entries) == list(BIBLIOGRAPHY.entries)
    for key, entry in BIBLIOGRAPHY.entries.items():
        assert again.entries[key] == entry
    # what pybtex's own writer would escape
    assert r"$\theta_{23}$" in written
    assert r"Pe{\~n}a-Garay" in written


def test_keys_of_texts():
    texts = ["Brdar, JCAP 01 (2021) 039", "arXiv:2007.15563", "X-ray Data Booklet, Table 1-1", "my paper"]
    assert BIBLIOGRAPHY.keys_of(texts) == ("Brdar:2020", "XrayDataBooklet:2009")
    with pytest.raises(DataError, match=r"no entry for arXiv:9912\.34567"):
        BIBLIOGRAPHY.keys_of(["arXiv:9912.34567"])
    with pytest.raises(DataError, match="no entry 'Nobody:1900'"):
        BIBLIOGRAPHY.bibtex(["Nobody:1900"])


def test_a_record_brings_its_own_paper():
    """A published limit of a user: one file is enough."""
    papers = [
        Paper("pub_mine", "A. Author, J. Phys. 1 (2026) 2", "2601.00001", "10.1000/182"),
        Paper("pub_same", "A. Author", "", "10.1000/182"),
        Paper("pub_known", "Brdar et al.", "2007.15563", "10.1000/other"),
        Paper("pub_talk", "A. Author, a talk", "", ""),
    ]
    longer = BIBLIOGRAPHY.with_papers(papers)
    assert set(longer.entries) - set(BIBLIOGRAPHY.entries) == {"pub_mine"}
    assert [longer.keys_of([paper.text]) for paper in papers] == [("pub_mine",), ("pub_mine",), ("Brdar:2020",), ()]
    made = parse_bibliography(longer.bibtex(["pub_mine"])).entries["pub_mine"]
    assert dict(made.fields) == {
        "note": "A. Author, J. Phys. 1 (2026) 2",
        "eprint": "2601.00001",
        "archivePrefix": "arXiv",
        "doi": "10.1000/182",
    }


def test_a_broken_bibliography_is_refused():
    with pytest.raises(DataError, match="no valid BibTeX"):
        parse_bibliography("@article{A, title = {x}")
    with pytest.raises(DataError, match=r"A and B of .* both stand for arXiv:2007\.15563"):
        parse_bibliography("@misc{A, eprint = {2007.15563}}\n@misc{B, eprint = {2007.15563}}")


def test_software_has_entries():
    assert set(SOFTWARE) <= set(BIBLIOGRAPHY.entries)
