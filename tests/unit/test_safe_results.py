"""Tables that know they were altered, files of other runs, times in the future, memory, and where kernels may go."""

import os
import resource
import shutil
import stat
import tempfile
import time
import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from nudipole import kernel_cache, packages
from nudipole.errors import DataError, StorageError
from nudipole.provenance import job as jobs
from nudipole.provenance.leftovers import SHOWN, leftovers, leftovers_message
from nudipole.provenance.storage import check_memory_limit, set_future_to_now
from nudipole.provenance.tables import TableInfo, check_made_from, check_table, read_info, read_table, write_table

FRAME = pd.DataFrame({"name": ["a", "b"], "M_N_MeV": [0.1, 0.25]})
INFO = TableInfo("A toy", {"name": "", "M_N_MeV": "MeV"}, ("arXiv:0",), {"in.csv": "abc"})
NAME = Path("results/toy.parquet")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Paths of results are relative to the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ---- tables


def test_every_flipped_bit_is_found() -> None:
    write_table(FRAME, NAME, INFO)
    whole = NAME.read_bytes()
    check_table(NAME)
    # every fifth: each byte is hit, at all positions within it
    for bit in range(0, 8 * len(whole), 5):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        NAME.write_bytes(damaged)
        with pytest.raises(DataError, match=r"results/toy\.parquet .*delete it and run again"):
            check_table(NAME)


def test_every_cut_is_found() -> None:
    write_table(FRAME, NAME, INFO)
    whole = NAME.read_bytes()
    for length in range(len(whole)):
        NAME.write_bytes(whole[:length])
        with pytest.raises(DataError, match=r"toy\.parquet .*delete it and run again"):
            check_table(NAME)
        with pytest.raises(DataError, match=r"toy\.parquet .*delete it and run again"):
            read_table(NAME)


def test_an_altered_table_is_not_read() -> None:
    write_table(FRAME, NAME, INFO)
    whole = NAME.read_bytes()
    NAME.write_bytes(whole.replace(b"arXiv:0", b"arXiv:1", 1))
    with pytest.raises(DataError, match="was altered after it was written"):
        read_table(NAME)


def test_a_table_in_the_place_of_another() -> None:
    other = Path("results/reference/toy.parquet")
    write_table(FRAME, NAME, INFO)
    write_table(FRAME, other, INFO)
    shutil.copyfile(other, NAME)
    with pytest.raises(DataError, match=r"^results/toy\.parquet holds what was written as results/reference/toy"):
        check_table(NAME)
    # a copy that a user names as they like is read
    pd.testing.assert_frame_equal(read_table(NAME), FRAME)


def test_a_table_of_another_program_is_no_input_of_a_job() -> None:
    NAME.parent.mkdir()
    FRAME.to_parquet(NAME)
    with pytest.raises(DataError, match="not a table of this package"):
        check_table(NAME)
    pd.testing.assert_frame_equal(read_table(NAME), FRAME)
    NAME.write_bytes(b"")
    with pytest.raises(DataError, match="not a readable Parquet table"):
        read_info(NAME)


def test_no_folder_of_a_machine_is_in_a_table(folder: Path) -> None:
    write_table(FRAME, folder / NAME, INFO)
    assert str(folder).encode() not in (folder / NAME).read_bytes()


def test_tables_made_from_another_state_of_a_result() -> None:
    write_table(FRAME, NAME, TableInfo("A toy", INFO.units, inputs_sha256={"results/in.csv": "1", "a.csv": "2"}))
    check_made_from({str(NAME): "", "results/in.csv": "1"})
    check_made_from({str(NAME): ""})
    with pytest.raises(DataError, match=r"results/toy\.parquet was made from another results/in\.csv than there"):
        check_made_from({str(NAME): "", "results/in.csv": "3"})


# ---- jobs


def job_of(*inputs: str) -> SimpleNamespace:
    return SimpleNamespace(input=inputs, params=SimpleNamespace(config={}), rule="toy", log=["toy.log"])


def test_a_job_reads_no_damaged_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "end_with_snakemake", lambda: None)
    write_table(FRAME, NAME, INFO)
    begun = []
    jobs.run_job(job_of(str(NAME)), begun.append)
    NAME.write_bytes(NAME.read_bytes()[:-1])
    with pytest.raises(SystemExit, match=r"^nudipole: rule toy: results/toy\.parquet .*; delete it and run again$"):
        jobs.run_job(job_of(str(NAME)), begun.append)
    assert len(begun) == 1


def test_a_job_out_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "end_with_snakemake", lambda: None)
    with pytest.raises(SystemExit, match=r"^nudipole: rule toy: out of memory \(Unable to allocate .*--cores 1"):
        jobs.run_job(job_of(), lambda _: np.ones(10**17))
    assert "Traceback" in Path("toy.log").read_text()


# ---- the machine


def test_a_small_limit_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit_bytes in (resource.RLIM_INFINITY, 1_000_000_000):
        monkeypatch.setattr(resource, "getrlimit", lambda _, limit_bytes=limit_bytes: (limit_bytes, limit_bytes))
        check_memory_limit()
    monkeypatch.setattr(resource, "getrlimit", lambda _: (999_000_000, resource.RLIM_INFINITY))
    with pytest.raises(StorageError, match=r"may have 999 MB of memory here, a job needs 1000 MB .*\(ulimit -v\)"):
        check_memory_limit()


def test_times_in_the_future(folder: Path) -> None:
    now = time.time()
    times = {"old": now - 1e6, "tomorrow": now + 1e5, "next_year": now + 3e7}
    for name, at in times.items():
        (folder / name).touch()
        os.utime(folder / name, (at, at))
    changed = set_future_to_now([folder, folder / "absent"])
    assert [path.name for path in changed] == ["next_year", "tomorrow"]
    stamps = {name: (folder / name).stat().st_mtime_ns for name in times}
    # one instant: nothing is newer than another, and Snakemake makes nothing again
    assert stamps["tomorrow"] == stamps["next_year"] <= time.time_ns()
    assert stamps["old"] == pytest.approx(times["old"] * 1e9, abs=1e3)
    assert set_future_to_now([folder]) == ()


def test_files_of_another_configuration() -> None:
    for name in ("a.png", "old.png", "curves/x.csv", "curves/.snakemake_timestamp", "logs/old.log", "report.html"):
        Path("results", name).parent.mkdir(parents=True, exist_ok=True)
        Path("results", name).touch()
    found = leftovers(Path("results"), {"results/a.png", "results/curves"})
    assert found == ("results/old.png",)
    assert leftovers_message(found).endswith("Delete what you do not need:\n  results/old.png")
    many = [f"results/{number}.png" for number in range(SHOWN + 3)]
    assert leftovers_message(many).endswith(f"results/{SHOWN - 1}.png\n  and 3 more")


def test_the_packages_that_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    project = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text())["project"]
    assert list(packages.REQUIRED) == project["dependencies"]
    assert packages.missing_packages() == ()
    monkeypatch.setitem(packages.REQUIRED, "numba", "no_such_numba")
    assert packages.missing_packages() == ("numba",)


# ---- compiled kernels


def test_a_cache_that_cannot_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    named = str(folder / "file/cache")
    monkeypatch.setenv(kernel_cache.VARIABLE, named)
    kernel_cache.use_own_cache()
    temporary = folder / f"nudipole-{os.getuid()}"
    assert os.environ[kernel_cache.VARIABLE] == kernel_cache.kernel_cache(temporary)
    assert f"cannot write in NUMBA_CACHE_DIR={named}; compiled kernels go to {temporary}" in capsys.readouterr().err
    assert stat.S_IMODE(temporary.stat().st_mode) == 0o700
    kernel_cache.use_own_cache()
    assert capsys.readouterr().err == ""


def test_a_temporary_cache_that_others_could_fill_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """numba runs what it finds there."""
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    expected = folder / f"nudipole-{os.getuid()}"
    assert kernel_cache.temporary_base() == expected
    assert kernel_cache.temporary_base() == expected
    expected.chmod(0o777)
    assert kernel_cache.temporary_base() != expected
    expected.rmdir()
    expected.symlink_to("/")
    assert kernel_cache.temporary_base() != expected


def test_a_home_that_cannot_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "home").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.delenv(kernel_cache.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "home"))
    kernel_cache.use_own_cache()
    assert Path(os.environ[kernel_cache.VARIABLE]).parent == folder / f"nudipole-{os.getuid()}"
