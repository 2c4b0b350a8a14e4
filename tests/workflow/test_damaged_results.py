"""A result that was altered after it was written: the job that reads it says so, and gives no other numbers.

A user who deletes the file and runs again has the old bytes back, and nothing else was made again.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from workflow_runs import Outcome, Project, half_written, results_of

pytestmark = pytest.mark.slow

TABLE = "results/limits/published.parquet"
READER = "results/limits.parquet"
NAMED = "published_limits"
"""The rule that makes the table. It has no compiled kernels, and no more does the merge that reads it."""


def _cut_short(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _bit_flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    # within the pages of the first columns
    content[len(content) // 20] ^= 1
    path.write_bytes(content)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _swapped(path: Path) -> None:
    """Put a table with the same columns in its place: nothing but the name tells them apart."""
    shutil.copyfile(path.with_name("stellar.parquet"), path)


def _foreign(path: Path) -> None:
    import pandas as pd

    frame = pd.read_parquet(path)
    frame.assign(mu_nu_muB=2.0 * frame["mu_nu_muB"]).to_parquet(path)


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut short": (_cut_short, "is empty, cut short or not a table of this package"),
    "bit flipped": (_bit_flipped, "was altered after it was written"),
    "emptied": (_emptied, "is empty, cut short or not a table of this package"),
    "swapped": (_swapped, "holds what was written as results/limits/stellar.parquet"),
    "foreign": (_foreign, "is empty, cut short or not a table of this package"),
}


def run_to(project: Project, target: str) -> Outcome:
    """Run to a target in the project's own directory: recorded paths of inputs are relative to it."""
    return project.run("--directory", str(project.root), target)


def stamp(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_ino, state.st_mtime_ns


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_table(rerun: Project, finished: Project, kind: str) -> None:
    damage, words = DAMAGES[kind]
    table = rerun.root / TABLE
    others = {path: stamp(path) for path in rerun.results.rglob("*.parquet")}
    damage(table)
    outcome = run_to(rerun, READER)
    assert outcome.code != 0
    assert f"nudipole: rule merge_limits: {TABLE} {words}" in outcome.text
    assert "delete it and run again" in outcome.text
    assert "Traceback" not in outcome.text
    assert not (rerun.root / READER).exists()
    assert outcome.planned == {"merge_limits"}

    table.unlink()
    resumed = run_to(rerun, READER)
    assert resumed.code == 0, resumed.text
    assert resumed.planned == {NAMED, "merge_limits"}
    assert results_of(rerun.root) == results_of(finished.root)
    assert not half_written(rerun.root)
    made = {TABLE, READER, "results/limits/published_sources.parquet"}
    assert {str(path.relative_to(rerun.root)) for path, was in others.items() if stamp(path) != was} == made
    # what reads the merged limits finds the bytes it was made from
    assert "Nothing to be done" in rerun.run("--dry-run").text


def test_a_table_that_was_deleted(rerun: Project, finished: Project) -> None:
    (rerun.root / TABLE).unlink()
    outcome = run_to(rerun, TABLE)
    assert outcome.code == 0, outcome.text
    assert outcome.planned == {NAMED}
    assert results_of(rerun.root) == results_of(finished.root)
    assert "Nothing to be done" in rerun.run("--dry-run").text


def test_the_manifest_reads_every_table(rerun: Project, finished: Project) -> None:
    """A table that nothing else reads: without this its checksum would be listed as if all were well."""
    table = rerun.root / "results/excess.parquet"
    _bit_flipped(table)
    outcome = run_to(rerun, "results/manifest.json")
    assert outcome.code != 0
    assert "nudipole: rule manifest: results/excess.parquet was altered after it was written" in outcome.text
    assert not (rerun.root / "results/manifest.json").exists()
    table.unlink()
    resumed = run_to(rerun, "results/manifest.json")
    assert resumed.code == 0, resumed.text
    assert resumed.planned == {"excess", "manifest"}
    assert results_of(rerun.root) == results_of(finished.root)


def test_results_of_another_configuration_are_named(rerun: Project) -> None:
    """They stay, but neither the manifest nor the end of a run takes them for results of this one."""
    old = [f"figures/parameter_space_old{number}.png" for number in range(2)]
    for name in old:
        (rerun.results / name).write_bytes(b"")
    (rerun.results / "manifest.json").unlink()
    outcome = rerun.run()
    assert outcome.code == 0, outcome.text
    assert outcome.planned == {"manifest", "default"}
    assert "nudipole: 2 file(s) in results/ are not of this configuration" in outcome.text
    listing = outcome.text.split("Delete what you do not need:\n")[1].splitlines()
    assert [line.strip() for line in listing[:2]] == [f"results/{name}" for name in old]
    assert not any(name in (rerun.results / "manifest.json").read_text() for name in old)
    for name in old:
        (rerun.results / name).unlink()
    assert "not of this configuration" not in rerun.run("results/manifest.json", "--forcerun", "manifest").text
