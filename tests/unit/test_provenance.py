"""Provenance: digests that react to what matters only, tables that say where they come from, storage checked first."""

import hashlib
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pyarrow.parquet as pq
import pytest

from nudipole import __version__
from nudipole.errors import DataError, StorageError
from nudipole.provenance import digest, storage, tables
from nudipole.provenance.digest import code_digest, code_files, config_digest, file_sha256
from nudipole.provenance.job import input_digests, run_job
from nudipole.provenance.storage import check_storage
from nudipole.provenance.tables import TableInfo, read_info, read_table, write_table

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "workflow" / "scripts"
FRAME = pd.DataFrame({"name": ["a", "b"], "M_N_MeV": [0.1, 0.25], "n": [1, 2]})
INFO = TableInfo(
    "A toy",
    {"name": "", "M_N_MeV": "MeV", "n": "1"},
    ("arXiv:0",),
    {"in.csv": "abc"},
    {"grid": {"M_N_points": 3}},
    "0123",
)


# ---- code


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package that the digest looks at."""
    copy = tmp_path / "nudipole"
    shutil.copytree(digest.PACKAGE_ROOT, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(digest, "PACKAGE_ROOT", copy)
    digest._imported_modules.cache_clear()
    yield copy
    digest._imported_modules.cache_clear()


def edited(path):
    digest._imported_modules.cache_clear()
    path.write_text(path.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["likelihood/profile.py", "constraints/detector.py", "kinematics.py", "constants.py", "sources/__init__.py"]
)
def test_an_edit_of_a_module_in_use_changes_the_digest(package, name):
    script = SCRIPTS / "detector.py"
    before = code_digest(script)
    assert code_digest(script) == before
    edited(package / name)
    assert code_digest(script) != before


@pytest.mark.parametrize("name", ["stellar/continuum.py", "plotting/style.py", "cli/main.py", "limits/scorecard.py"])
def test_an_edit_elsewhere_does_not(package, name):
    script = SCRIPTS / "detector.py"
    before = code_digest(script)
    edited(package / name)
    assert code_digest(script) == before


def test_a_module_moved_or_added_counts_only_once_imported(package):
    script = SCRIPTS / "stellar_cooling.py"
    before = code_digest(script)
    (package / "stellar" / "new.py").write_text("ANSWER = 42\n", encoding="utf-8")
    digest._imported_modules.cache_clear()
    assert code_digest(script) == before
    star = package / "stellar" / "star.py"
    star.write_text(star.read_text() + "\nfrom nudipole.stellar import new  # noqa\n", encoding="utf-8")
    digest._imported_modules.cache_clear()
    assert code_digest(script) != before
    assert package / "stellar" / "new.py" in code_files(script)


def test_files_behind_a_script():
    names = {file.relative_to(digest.PACKAGE_ROOT).as_posix() for file in code_files(SCRIPTS / "detector.py")}
    assert {"__init__.py", "constraints/__init__.py", "detectors/templates.py", "likelihood/profile.py"} <= names
    assert not {name for name in names if name.startswith(("stellar/", "plotting/", "cli/"))}
    assert list(code_files(SCRIPTS / "detector.py")) == sorted(code_files(SCRIPTS / "detector.py"))


# ---- configuration


def test_config_digest():
    base = {"solar": {"model": "x", "n": 1, "list": [1, 2]}, "on": True}
    assert config_digest({"on": True, "solar": {"list": [1.0, 2], "n": 1.0, "model": "x"}}) == config_digest(base)
    assert config_digest(base | {"solar": base["solar"] | {"list": (1, 2)}}) == config_digest(base)
    others = [
        base | {"on": False},
        base | {"on": 1},
        base | {"solar": base["solar"] | {"n": 1.05}},
        base | {"solar": base["solar"] | {"n": None}},
        base | {"solar": base["solar"] | {"list": [2, 1]}},
        base | {"solar": base["solar"] | {"model": "y"}},
        {"on": True},
    ]
    assert len({config_digest(other) for other in [base, *others]}) == len(others) + 1
    assert len(config_digest(base)) == digest.SHORT


def test_file_digest(tmp_path):
    (tmp_path / "f").write_bytes(b"abc")
    # the test vector of FIPS 180
    assert file_sha256(tmp_path / "f") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


# ---- tables


def test_table_round_trip(tmp_path):
    path = tmp_path / "deep" / "toy.parquet"
    write_table(FRAME, path, INFO)
    pd.testing.assert_frame_equal(read_table(path), FRAME)
    assert read_info(path) == {
        "title": "A toy",
        "units": {"name": "", "M_N_MeV": "MeV", "n": "1"},
        "citations": ["arXiv:0"],
        "inputs_sha256": {"in.csv": "abc"},
        "config": {"grid": {"M_N_points": 3}},
        "config_digest": "0123",
        "package_version": __version__,
    }
    schema = pq.read_schema(path)
    assert schema.field("M_N_MeV").metadata[b"unit"] == b"MeV"
    assert schema.field("n").metadata[b"unit"] == b"1"
    assert [p.name for p in path.parent.iterdir()] == ["toy.parquet"]


def test_tables_are_byte_identical(tmp_path):
    for name in "ab":
        write_table(FRAME, tmp_path / name / "toy.parquet", INFO)
    assert (tmp_path / "a/toy.parquet").read_bytes() == (tmp_path / "b/toy.parquet").read_bytes()


def test_a_column_without_unit_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"toy\.parquet: no unit given for column\(s\) extra, more"):
        write_table(FRAME.assign(extra=1.0, more=2.0), tmp_path / "toy.parquet", INFO)
    assert list(tmp_path.iterdir()) == []


def test_a_table_appears_complete_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "toy.parquet"
    write_table(FRAME, path, INFO)
    before = path.read_bytes()

    def full(_, table):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tables.pq.ParquetWriter, "write_table", full)
    with pytest.raises(StorageError, match=r"cannot write .*toy\.parquet: No space left on device; free some space"):
        write_table(FRAME.assign(n=3), path, INFO)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["toy.parquet"]


def test_tables_that_cannot_be_read(tmp_path):
    with pytest.raises(DataError, match=r"absent\.parquet does not exist; run the workflow"):
        read_table(tmp_path / "absent.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"not a table")
    with pytest.raises(DataError, match=r"bad\.parquet is not a readable Parquet table .* delete it and run again"):
        read_table(tmp_path / "bad.parquet")
    FRAME.to_parquet(tmp_path / "foreign.parquet")
    with pytest.raises(DataError, match="carries no nudipole provenance"):
        read_info(tmp_path / "foreign.parquet")
    # found by make fuzz: bits of the metadata turned
    for stored in (b"{", b"\xa2"):
        table = tables.pa.Table.from_pandas(FRAME).replace_schema_metadata({b"nudipole": stored})
        tables.pq.write_table(table, tmp_path / "turned.parquet")
        with pytest.raises(DataError, match=r"turned\.parquet carries provenance that cannot be read"):
            read_info(tmp_path / "turned.parquet")


# ---- storage


def test_storage(tmp_path, monkeypatch):
    check_storage(tmp_path, 1)
    check_storage(tmp_path / "not" / "yet" / "there", 1)
    assert list(tmp_path.iterdir()) == []
    usage = SimpleNamespace(free=50e6)
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda _: usage)
    check_storage(tmp_path, 50)
    with pytest.raises(StorageError, match=r"with 50 MB free, .* need up to 51 MB; free some space"):
        check_storage(tmp_path, 51)
    with pytest.raises(StorageError, match=f"need up to {storage.REQUIRED_FREE_MB} MB"):
        check_storage(tmp_path)


def test_storage_that_refuses_files(tmp_path, monkeypatch):
    def refuse(**_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(storage.tempfile, "TemporaryFile", refuse)
    with pytest.raises(StorageError, match=r"cannot write in .*: Read-only file system"):
        check_storage(tmp_path, 1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_storage_in_a_folder_without_write_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match=r"cannot write in .*: Permission denied; change its owner or mode"):
        check_storage(tmp_path, 1)


# ---- jobs


def job(tmp_path):
    (tmp_path / "in.csv").write_text("1\n")
    params = SimpleNamespace(config={"a": 1})
    return SimpleNamespace(input=[str(tmp_path / "in.csv")], params=params, rule="toy", log=[str(tmp_path / "toy.log")])


def test_inputs_of_a_job(tmp_path):
    found = input_digests(job(tmp_path))
    assert found == {str(tmp_path / "in.csv"): hashlib.sha256(b"1\n").hexdigest()}


def test_errors_of_a_job(tmp_path):
    def refuse(_):
        raise DataError("the table is empty")

    with pytest.raises(SystemExit) as caught:
        run_job(job(tmp_path), refuse)
    assert caught.value.code == "nudipole: rule toy: the table is empty"
    assert "the table is empty" in (tmp_path / "toy.log").read_text()
    assert "Traceback" not in (tmp_path / "toy.log").read_text()

    def fail(_):
        raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError):
        run_job(job(tmp_path), fail)
    assert "Traceback" in (tmp_path / "toy.log").read_text()
    run_job(job(tmp_path), lambda _: None)
    assert "done in" in (tmp_path / "toy.log").read_text()
