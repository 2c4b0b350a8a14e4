"""The minimal analysis from nothing to the manifest, and what its results say about themselves."""

import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from workflow_runs import ROOT, Outcome, Project, half_written

from nudipole import __version__
from nudipole.cli.project import build_constraint

pytestmark = pytest.mark.slow


def test_the_minimal_analysis_runs_from_nothing(first_run: Outcome, finished: Project) -> None:
    assert "Traceback" not in first_run.text
    manifest = json.loads((finished.results / "manifest.json").read_text())
    assert len(manifest["results_sha256"]) >= 10
    for name in ("limits.parquet", "reference/limits.parquet", "scorecard.md", "figures/parameter_space_mu.pdf"):
        assert (finished.results / name).stat().st_size > 0
    assert not half_written(finished.root)


def test_a_second_run_has_nothing_to_do(finished: Project) -> None:
    # other workers read the same results
    outcome = finished.run("--nolock")
    assert outcome.code == 0
    assert "Nothing to be done" in outcome.text


def test_no_job_after_the_kernels_compiles(finished: Project) -> None:
    # parallel jobs that compile would race for the cache
    made = max(path.stat().st_mtime for path in (finished.results / "kernels").glob("*.json"))
    cached = [path for path in finished.numba.rglob("*") if path.is_file()]
    assert cached
    assert [path.name for path in cached if path.stat().st_mtime > made] == []


def test_the_manifest_lists_every_result_with_its_checksum(finished: Project) -> None:
    manifest = json.loads((finished.results / "manifest.json").read_text())
    assert manifest["package_version"] == __version__
    for name, digest in manifest["results_sha256"].items():
        assert hashlib.sha256((finished.root / name).read_bytes()).hexdigest() == digest, name


def test_every_table_says_where_it_comes_from(finished: Project) -> None:
    tables = sorted(finished.results.rglob("*.parquet"))
    assert tables
    for path in tables:
        schema = pq.read_schema(path)
        info = json.loads(schema.metadata[b"nudipole"])
        assert info["title"], path
        assert info["package_version"] == __version__
        assert {field.name: field.metadata[b"unit"].decode() for field in schema}.keys() == info["units"].keys(), path
        if info["config_digest"] or path.parent.name != "data":
            assert len(info["config_digest"]) == 16, path
        assert info["citations"], path
        assert info["config"] or not info["config_digest"] or path.parent.name == "data", path
        # what a model gives is a formula of the configuration
        assert info["inputs_sha256"] or path.parent.name == "models", path
        _check_inputs(info["inputs_sha256"], path, finished)


def _check_inputs(inputs: dict[str, str], path: Path, finished: Project) -> None:
    for name, digest in inputs.items():
        assert hashlib.sha256((finished.root / name).read_bytes()).hexdigest() == digest, (path, name)


def test_no_result_names_a_folder_of_this_machine(finished: Project) -> None:
    manifest = json.loads((finished.results / "manifest.json").read_text())
    for name in ("results/manifest.json", *manifest["results_sha256"]):
        content = (finished.root / name).read_bytes()
        for folder in (finished.root, ROOT, Path.home() / "."):
            assert f"{folder}/".encode() not in content, name


def test_the_report_is_made_offline(finished: Project, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    nowhere = "http://127.0.0.1:9"
    offline = ("env", f"HTTPS_PROXY={nowhere}", f"HTTP_PROXY={nowhere}", f"ALL_PROXY={nowhere}")
    outcome = finished.run("--nolock", "--report", str(page), wrapper=offline)
    assert outcome.code == 0, outcome.text
    text = page.read_text(encoding="utf-8")
    assert "Limits on the transition moment between the mu neutrino" in text
    assert "parameter_space_mu.png" in text
    # the default analysis has 15 MB; the limit is what can still be sent by mail
    assert page.stat().st_size < 20_000_000


def test_the_report_opens_in_a_browser(finished: Project, tmp_path: Path, open_page) -> None:
    page_file = tmp_path / "report.html"
    outcome = finished.run("--nolock", "--report", str(page_file))
    assert outcome.code == 0, outcome.text
    page, account = open_page(page_file)
    page.wait_for_selector("text=Parameter space")
    for category in ("Parameter space", "Solar neutrinos", "Stellar cooling", "Comparison", "Configuration", "Models"):
        assert page.get_by_text(category, exact=True).count(), category
    page.get_by_text("Parameter space", exact=True).first.click()
    page.wait_for_selector("text=coupling")
    assert account.errors == []
    assert account.requests == []


def test_the_explorer_of_the_run_shows_its_curves(finished: Project, open_page) -> None:
    page, account = open_page(finished.results / "explorer.html")
    page.wait_for_selector("body[data-ready]")
    shown = page.evaluate("window.nudipole.shownEntries().map(entry => entry.constraint)")
    assert {"xenon1t", "borexino", "xenonnt", "stellar", "supernova", "bbn", "cmb", "darwin"} <= set(shown)
    assert account.errors == []
    assert account.requests == []


def test_plain_snakemake_runs_without_the_package_installed(project: Project, tmp_path: Path) -> None:
    """The Snakefile puts workflow/src on the path of itself and of the scripts."""
    venv.create(tmp_path / "venv", with_pip=False)
    python = str(tmp_path / "venv/bin/python")
    dependencies = next(path for path in sys.path if (Path(path) / "snakemake").is_dir())
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    # a .pth file inside a folder named by a .pth file is not read, so the editable install stays out
    (tmp_path / f"venv/lib/{version}/site-packages/dependencies.pth").write_text(dependencies)
    absent = subprocess.run([python, "-c", "import nudipole"], check=False, capture_output=True, cwd=tmp_path)
    assert absent.returncode == 1
    work = tmp_path / "work"
    command = [python, "-m", "snakemake", "--cores", "2", "--directory", str(work), "results/limits/published.parquet"]
    outcome = project.execute(command)
    assert outcome.code == 0, outcome.text
    assert (work / "results/limits/published.parquet").is_file()


def test_clicks_in_the_explorer_say_what_the_command_line_says(finished: Project, open_page) -> None:
    """Curves take more masses where they bend, so that lines between them are within 0.01 dex (0.003 asked for)."""
    page, _ = open_page(finished.results / "explorer.html")
    page.wait_for_selector("body[data-ready]")
    rng = np.random.default_rng(2)
    points = np.column_stack([10 ** rng.uniform(-2.0, 1.2, 200), 10 ** rng.uniform(-12.7, -7.0, 200)]).tolist()
    said = page.evaluate(
        "points => points.map(([x, y]) => Object.fromEntries(window.nudipole.verdicts(x, y)"
        ".map(row => [row.constraint, [row.verdict, row.margin_dex]])))",
        points,
    )
    for name in ("xenon1t", "xenonnt", "borexino", "xenon1t_nr", "stellar"):
        constraint = build_constraint(name, finished.root, [finished.root / "config/minimal.yaml"], [])
        for (mass, moment), row in zip(points, said, strict=True):
            own, (verdict, margin) = constraint.evaluate(mass, moment, "mu"), row[name]
            if own.margin_dex is not None and abs(own.margin_dex) < np.log10(1.02):
                continue
            assert verdict == str(own.verdict), (name, mass, moment)
            if margin is not None and own.margin_dex is not None:
                assert margin == pytest.approx(own.margin_dex, abs=0.01), (name, mass, moment)
