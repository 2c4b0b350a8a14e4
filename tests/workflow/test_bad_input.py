"""Bad input stops the run before any job, with one message: what is wrong, its value, what to do."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from workflow_runs import MINIMAL, Outcome, Project, small_disk

pytestmark = pytest.mark.slow

CONFIGS = {
    "unknown key": ("grid: {M_N_pints: 3}", ["grid.M_N_pints = 3", "did you mean M_N_points?"]),
    "negative mass": ("grid: {M_N_min_MeV: -1}", ["grid.M_N_min_MeV = -1", "must be a number, >= 1e-06"]),
    "empty grid": (
        "grid: {M_N_min_MeV: 10, M_N_max_MeV: 1}",
        ["grid.M_N_max_MeV = 1", "must exceed grid.M_N_min_MeV = 10", "empty"],
    ),
    "unknown solar model": ("solar: {model: BP04}", ["solar.model = 'BP04'", "one of B16-GS98"]),
    "no original": (
        "data: {remote_datasets: [solar_fluxes]}",
        ["data.remote_datasets: 'solar_fluxes' has no original", "remove it", "b8_spectrum_winter2006"],
    ),
    "unknown dataset": (
        "data: {remote_datasets: [suns]}",
        ["data.remote_datasets: 'suns' is not in the catalogue", "remove it", "b8_spectrum_winter2006"],
    ),
    "no ACROPOLIS": (
        "photodisintegration: {enabled: true, python: /nowhere/python}",
        ["photodisintegration.enabled = true needs ACROPOLIS", "/nowhere/python has none", "make env-acropolis"],
    ),
    "unknown initial state": (
        "photodisintegration: {enabled: true, initial: [freeze-in_3MeV]}",
        ["photodisintegration.initial: 'freeze-in_3MeV' is no initial state", "decoupled, thermal"],
    ),
    "no points": ("photodisintegration: {M_N_points_per_decade: 0}", ["M_N_points_per_decade = 0"]),
    "unknown detector": (
        "models: {leptoquark: {detector: xenon}}",
        ["models.leptoquark.detector: 'xenon' is no detector", "borexino"],
    ),
    "no such record": ("limits: {records: [mine.yaml]}", ["limits.records: 'mine.yaml' is no file", "project folder"]),
    "no such limit": ("limits: {without: [lsdn]}", ["limits.without: 'lsdn' has no record", "lsnd, magill_gamma_w"]),
    "paper without an entry": (
        "detectors: {overrides: {xenonnt: {citation: ['arXiv:9912.34567']}}}",
        ["resources/references.bib has no entry", "the detector record xenonnt cites arXiv:9912.34567"],
    ),
    "no catalogue": ("data: {catalog: nowhere.yaml}", ["nowhere.yaml cannot be read", "correct data.catalog"]),
}


def check_stopped(outcome: Outcome, work: Path, words: list[str]) -> None:
    assert outcome.code != 0
    assert "nudipole: " in outcome.text
    for word in words:
        assert word in outcome.text
    assert "Traceback" not in outcome.text
    assert not (work / "results").exists()


@pytest.mark.parametrize("case", CONFIGS)
def test_a_bad_configuration(project: Project, tmp_path: Path, case: str) -> None:
    text, words = CONFIGS[case]
    overlay = tmp_path / "mine.yaml"
    overlay.write_text(text)
    work = tmp_path / "work"
    outcome = project.run("--directory", str(work), config=(MINIMAL, overlay))
    check_stopped(outcome, work, words)


def _missing(table: Path) -> None:
    table.unlink()


def _corrupted(table: Path) -> None:
    content = table.read_bytes()
    table.write_bytes(content[:-40] + b"\xff" + content[-39:])


def _with_nan(table: Path) -> None:
    lines = table.read_text().splitlines()
    lines[-1] = lines[-1].split(",")[0] + ",nan"
    table.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_missing, ["is missing"]),
        (_corrupted, ["cannot be read"]),
        (_with_nan, ["column 'efficiency', row 238", "found nan", "a finite number"]),
    ],
)
def test_a_bad_table(altered: Project, damage: Callable[[Path], None], words: list[str]) -> None:
    name = "resources/xenon1t/xenon1t_sr1_efficiency.csv"
    damage(altered.root / name)
    named = ["xenon1t_sr1_efficiency", name, f"git checkout -- {name}"]
    check_stopped(altered.run(), altered.root, words + named)


def _without_a_digit(text: str) -> str:
    return text.replace("1.4165e-07", "1.416e-07")


@pytest.mark.parametrize(
    ("name", "damage", "words"),
    [
        ("lep.csv", _without_a_digit, ["curves.0.sha256: lep.csv was altered", "restore it"]),
        ("lep.csv", lambda text: text.replace("e-07", "e-O7"), ["curves.0.points: lep.csv, line 2", "'1.4165e-O7'"]),
        (
            "lep.yaml",
            lambda text: text.replace("edge: floor", "edge: flor"),
            ["curves.0.edge = 'flor'", "one of floor"],
        ),
    ],
)
def test_a_bad_published_limit(altered: Project, name: str, damage: Callable[[str], str], words: list[str]) -> None:
    path = altered.root / "resources/limits" / name
    path.write_text(damage(path.read_text()))
    named = ["the limit record resources/limits/lep.yaml is not valid", "resources/limits/README.md describes"]
    check_stopped(altered.run(), altered.root, words + named)


def test_a_malformed_default_configuration(altered: Project) -> None:
    (altered.root / "config/config.yaml").write_text("grid: {M_N_points: [3\n")
    check_stopped(altered.run(), altered.root, ["config/config.yaml", "line 2", "correct it"])


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("broken.yaml", "grid: {M_N_points: [3\n", ["broken.yaml", "line 2", "correct it"]),
        ("absent.yaml", None, ["absent.yaml does not exist", "check the path"]),
    ],
)
def test_an_unreadable_overlay(project: Project, tmp_path: Path, name: str, text: str | None, words: list[str]) -> None:
    overlay, work = tmp_path / name, tmp_path / "work"
    if text is not None:
        overlay.write_text(text)
    # Snakemake reads overlays before the Snakefile and stops in its own words; `make` checks them first.
    outcome = project.run("--directory", str(work), config=(overlay,))
    assert outcome.code != 0
    assert not (work / "results").exists()
    check = [sys.executable, "-m", "nudipole.config.load", str(overlay)]
    check_stopped(project.execute(check), work, words)


def test_a_small_disk(project: Project, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 10) as disk:
        outcome = project.run("--directory", str(disk))
        check_stopped(outcome, disk, [str(disk), "MB free", "need up to 200 MB", "free some space"])


def test_a_full_disk(project: Project, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        with pytest.raises(OSError, match="No space"):
            (disk / "ballast").write_bytes(b"0" * 2_000_000)
        outcome = project.run("--directory", str(disk))
        check_stopped(outcome, disk, [str(disk), "0 MB free", "free some space"])


@pytest.mark.parametrize("name", [".", "results"])
def test_no_permission_to_write(project: Project, tmp_path: Path, mortal: tuple[str, ...], name: str) -> None:
    work = tmp_path / "work"
    (work / name).mkdir(parents=True)
    (work / name).chmod(0o555)
    outcome = project.run("--directory", str(work), wrapper=mortal)
    assert outcome.code != 0
    assert f"nudipole: cannot write in {work / name}: Permission denied; change its owner or mode" in outcome.text
    assert "Traceback" not in outcome.text
    assert [path for path in work.rglob("*") if "results" in path.parts[-2:-1]] == []
