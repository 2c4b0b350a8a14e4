"""The catalogue: the shipped one is valid, and a wrong one is refused with the entry and the key."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from nudipole.data.bundled import read_bundled
from nudipole.data.catalog import BRANCHES, Catalog, load_catalog
from nudipole.data.parsers import PARSERS
from nudipole.data.register import main as register_main
from nudipole.errors import DataError
from nudipole.provenance.digest import file_sha256

ROOT = Path(__file__).resolve().parents[2]
CATALOG = ROOT / "resources" / "catalog.yaml"

ENTRY: dict[str, Any] = {
    "name": "toy",
    "branch": "solar",
    "title": "A toy table",
    "citation": "Nobody, J. Irrep. Res. 1 (2026) 1",
    "arxiv": [],
    "doi": None,
    "licence": "CC-BY-4.0",
    "bundled": {"path": "resources/solar/toy.csv", "sha256": "0" * 64},
    "remote": {"url": "http://localhost/toy", "sha256": "1" * 64, "parser": "bahcall_two_columns"},
    "rows": 2,
    "bins": {"low": "E_low_keV", "high": "E_high_keV"},
    "columns": [
        {"name": "E_low_keV", "unit": "keV", "type": "float", "checks": ["increasing"]},
        {"name": "E_high_keV", "unit": "keV", "type": "float"},
    ],
}


def write(tmp_path: Path, *entries: dict[str, Any]) -> Path:
    path = tmp_path / "catalog.yaml"
    path.write_text(yaml.safe_dump({"datasets": list(entries)}), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load_catalog(CATALOG)


def test_every_bundled_table_keeps_its_contract(shipped: Catalog) -> None:
    for dataset in shipped.datasets:
        assert len(read_bundled(dataset, ROOT)) == dataset.rows


def test_every_table_in_resources_is_in_the_catalogue(shipped: Catalog) -> None:
    registered = {dataset.path for dataset in shipped.datasets}
    ours = {
        path.relative_to(ROOT).as_posix() for branch in BRANCHES for path in (ROOT / "resources" / branch).glob("*.csv")
    }
    assert ours == registered


def test_every_header_gives_units_source_status_and_licence(shipped: Catalog) -> None:
    for dataset in shipped.datasets:
        lines = (ROOT / dataset.path).read_text(encoding="utf-8").splitlines()
        header = [line for line in lines if line.startswith("#")]
        for word in (
            "# Units: ",
            "# Source: ",
            "# How obtained: ",
            "# Status: ",
            "# Licence of this table: CC-BY-4.0",
        ):
            assert any(line.startswith(word) for line in header), (dataset.name, word)


def test_every_remote_names_a_known_parser_and_an_honest_url(shipped: Catalog) -> None:
    remotes = [dataset.remote for dataset in shipped.datasets if dataset.remote]
    assert remotes
    for remote in remotes:
        assert remote.parser in PARSERS
        assert remote.url.startswith(("http://", "https://"))
        # No URL could be tried from here; the catalogue must say so.
        assert "url unverified" in remote.note


def test_an_unknown_name_lists_the_known_ones(shipped: Catalog) -> None:
    with pytest.raises(DataError, match=r"'b8_spectrum'.*b8_spectrum_winter2006"):
        shipped.dataset("b8_spectrum")


def test_branches_partition_the_catalogue(shipped: Catalog) -> None:
    parts = [dataset for branch in BRANCHES for dataset in shipped.of_branch(branch)]
    assert {dataset.branch for dataset in parts} == set(BRANCHES)
    assert sorted(dataset.name for dataset in parts) == sorted(shipped.names)


def test_a_complete_entry_is_read(tmp_path: Path) -> None:
    dataset = load_catalog(write(tmp_path, ENTRY)).dataset("toy")
    assert dataset.column_names == ["E_low_keV", "E_high_keV"]
    assert dataset.units["E_low_keV"] == "keV"
    assert dataset.remote is not None
    assert dataset.remote.dataset == "toy"
    assert dataset.remote.every == 1
    assert dataset.bins is not None
    assert dataset.bins.high == "E_high_keV"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("branch", "lunar", r"entry 'toy', key 'branch': one of solar, xenon1t, xenonnt.*'lunar'"),
        ("rows", 0, r"entry 'toy', key 'rows': a whole number above zero.*0"),
        ("rows", True, r"key 'rows'"),
        ("title", 3, r"key 'title': a text is needed, found 3"),
        ("arxiv", "2007.15563", r"key 'arxiv': a list of texts"),
        ("bundled", None, r"entry 'toy', bundled: expected key: value pairs"),
        ("bundled", {"path": "/etc/passwd", "sha256": "0" * 64}, r"key 'path': a path inside the project"),
        ("bundled", {"path": "../x.csv", "sha256": "0" * 64}, r"key 'path': a path inside the project"),
        ("bundled", {"path": "x.csv", "sha256": "abc"}, r"key 'sha256': a SHA-256 of 64"),
        ("remote", {"url": "http://x"}, r"entry 'toy', remote, key 'sha256'.*the key is missing"),
        ("bins", {"low": "E", "high": "E_high_keV"}, r"entry 'toy', bins, key 'low'"),
        ("columns", [], r"key 'columns': a list of columns is needed"),
        (
            "columns",
            [{"name": "E", "unit": "keV", "type": "real"}],
            r"column 1, key 'type': one of float, int, str",
        ),
        (
            "columns",
            [{"name": "E", "unit": "keV", "type": "float", "checks": ["sorted"]}],
            r"column 1, key 'checks': only increasing",
        ),
        ("colour", "red", r"entry 'toy': unknown key 'colour'"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_key(tmp_path: Path, key: str, value: object, message: str) -> None:
    entry = deepcopy(ENTRY) | {"bins": None} | {key: value}
    with pytest.raises(DataError, match=message):
        load_catalog(write(tmp_path, entry))


@pytest.mark.parametrize("text", ["", "datasets: {}", "- a", "datasets: ["])
def test_a_wrong_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="catalogue"):
        load_catalog(path)


def test_a_missing_file_and_a_repeated_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        load_catalog(tmp_path / "absent.yaml")
    with pytest.raises(DataError, match="toy more than once"):
        load_catalog(write(tmp_path, ENTRY, ENTRY))


class TestRegister:
    """`python -m nudipole.data.register` accepts an intended edit and nothing that breaks the contract."""

    @pytest.fixture
    def project(self, tmp_path: Path) -> Path:
        table = tmp_path / "resources" / "solar" / "solar_lines.csv"
        table.parent.mkdir(parents=True)
        table.write_bytes((ROOT / "resources/solar/solar_lines.csv").read_bytes())
        entries = CATALOG.read_text(encoding="utf-8")
        (tmp_path / "resources" / "catalog.yaml").write_text(entries, encoding="utf-8")
        return tmp_path

    def test_an_edit_is_registered_and_nothing_else_changes(self, project: Path) -> None:
        table, catalog = project / "resources/solar/solar_lines.csv", project / "resources/catalog.yaml"
        table.write_text(table.read_text(encoding="utf-8") + "pep,1.445,1\n", encoding="utf-8")
        before = catalog.read_text(encoding="utf-8").splitlines()
        assert register_main([str(catalog), "solar_lines"]) == 0
        after = catalog.read_text(encoding="utf-8").splitlines()
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        assert [new.strip() for _, new in changed] == [f"sha256: {file_sha256(table)}", "rows: 4"]
        assert len(read_bundled(load_catalog(catalog).dataset("solar_lines"), project)) == 4

    def test_an_unaltered_table_changes_nothing(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        catalog = project / "resources/catalog.yaml"
        before = catalog.read_bytes()
        assert register_main([str(catalog), "solar_lines"]) == 0
        assert catalog.read_bytes() == before
        assert "nothing to register" in capsys.readouterr().out

    def test_a_broken_table_is_refused(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        table, catalog = project / "resources/solar/solar_lines.csv", project / "resources/catalog.yaml"
        table.write_text(table.read_text(encoding="utf-8").replace("0.897", "nan"), encoding="utf-8")
        before = catalog.read_bytes()
        assert register_main([str(catalog), "solar_lines"]) == 1
        assert catalog.read_bytes() == before
        assert "column 'branching', row 1: found nan" in capsys.readouterr().err
