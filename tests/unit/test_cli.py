"""The command line: text and JSON, exit codes, errors without a traceback, and the same numbers as the package."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nudipole import __version__
from nudipole.cli.main import main
from nudipole.cli.project import CONSTRAINTS, build_constraint, project_root
from nudipole.errors import ConfigError, DomainError

ROOT = Path(__file__).resolve().parents[2]
POINT = ["--mass-MeV", "0.1", "--project", str(ROOT)]
EVALUATE_KEYS = ["constraint", "flavour", "M_N_MeV", "mu_nu_muB", "quantities", "units", "verdict", "margin_dex"]
LIMIT_KEYS = ["constraint", "flavour", "M_N_MeV", "confidence_level", "statistic", "excluded", "preferred"]
VERDICTS = {"excluded", "allowed", "preferred", "insensitive", "unsolved"}
"""Keys and words of the contract on the design page."""


def run(capsys, *arguments):
    status = main([str(a) for a in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def run_json(capsys, *arguments):
    status, out, err = run(capsys, *arguments, "--json")
    assert (status, err) == (0, "")

    def refuse(name):
        raise ValueError(f"{name} is not JSON")

    return json.loads(out, parse_constant=refuse)


FLOORS = ("xenon1t", "borexino", "xenonnt", "stellar")
"""Constraints that exclude everything above one moment."""


@pytest.mark.parametrize("constraint", CONSTRAINTS)
@pytest.mark.parametrize(("mass", "mu"), [(1e-3, 1e-10), (1e-3, 1e-13), (0.1, 1e-6), (5.0, 1e-9), (1e5, 1.0)])
def test_evaluate_json(capsys, constraint, mass, mu):
    found = run_json(
        capsys, "evaluate", constraint, "--mass-MeV", mass, "--mu-muB", mu, "--flavour", "e", "--project", ROOT
    )
    assert list(found) == EVALUATE_KEYS
    assert (found["constraint"], found["flavour"], found["M_N_MeV"], found["mu_nu_muB"]) == (constraint, "e", mass, mu)
    assert set(found["units"]) == set(found["quantities"]) != set()
    assert found["verdict"] in VERDICTS
    if found["verdict"] in ("insensitive", "unsolved"):
        assert found["margin_dex"] is None
    # cosmology excludes regions: where the verdict is the same on the whole grid, there is no edge to be far from
    elif found["margin_dex"] is None:
        assert constraint not in FLOORS
    else:
        assert (found["margin_dex"] > 0) == (found["verdict"] == "excluded")


@pytest.mark.parametrize("constraint", FLOORS)
@pytest.mark.parametrize("mass", [1e-3, 0.5, 5.0])
def test_limit_json(capsys, constraint, mass):
    found = run_json(capsys, "limit", constraint, "--mass-MeV", mass, "--project", ROOT)
    assert list(found) == LIMIT_KEYS
    assert (found["flavour"], found["confidence_level"]) == ("mu", 0.9)
    for excluded in found["excluded"]:
        assert list(excluded) == ["low", "high", "low_status", "high_status"]
        assert excluded["low_status"] == "ok"
        assert (excluded["high"], excluded["high_status"]) == (None, "off_grid_high")
    if mass == 5.0:
        assert found["excluded"] == found["preferred"] == []


def test_preferred_range_json(capsys):
    found = run_json(
        capsys, "limit", "xenon1t", "--mass-MeV", "1e-5", "--flavour", "effective", "--project", ROOT,
        "--set", "solar.model=BS05-OP", "--set", "solar.oscillation=nufit41",
        "--set", "statistics.flux_nuisances=false", "--set", "detectors.xenon1t.tritium=false",
    )  # fmt: skip
    # the interval of the physics page, to its four digits
    (preferred,) = found["preferred"]
    assert list(preferred) == ["low", "high"]
    assert preferred["low"] == pytest.approx(1.433e-11, abs=1e-14)
    assert preferred["high"] == pytest.approx(2.756e-11, abs=1e-14)
    assert found["excluded"][0]["low"] == preferred["high"]
    assert "2.706" in found["statistic"]


@pytest.mark.parametrize("constraint", FLOORS)
def test_limit_is_that_of_the_package_and_of_evaluate(capsys, constraint):
    # The same code, through text: json keeps every digit of a double.
    settings = ["--set", "grid.mu_nu_max_muB=1e-4"]
    found = run_json(capsys, "limit", constraint, *POINT, *settings)
    ours = build_constraint(constraint, ROOT, [], settings[1:]).limits(0.1, "mu")
    assert [x["low"] for x in found["excluded"]] == [x.low for x in ours.excluded]
    (edge,) = (x["low"] for x in found["excluded"])
    point = run_json(capsys, "evaluate", constraint, *POINT, *settings, "--mu-muB", edge)
    assert point["quantities"]["mu_limit_muB"] == edge
    assert point["margin_dex"] == pytest.approx(0.0, abs=1e-12)


def test_config_files_and_assignments_are_used(capsys, tmp_path):
    overlay = tmp_path / "my.yaml"
    overlay.write_text("stellar: {mu_0_muB: 4.4e-12}\n")
    base = run_json(capsys, "limit", "stellar", *POINT, "--set", "grid.mu_nu_max_muB=1e-4")
    twice = run_json(capsys, "limit", "stellar", *POINT, "--set", "grid.mu_nu_max_muB=1e-4", "--config", overlay)
    thrice = run_json(
        capsys, "limit", "stellar", *POINT, "--config", overlay,
        "--set", "grid.mu_nu_max_muB=1e-4", "--set", "stellar.mu_0_muB=6.6e-12",
    )  # fmt: skip
    lows = [x["excluded"][0]["low"] for x in (base, twice, thrice)]
    assert lows[1:] == pytest.approx([2 * lows[0], 3 * lows[0]], rel=1e-12, abs=0)


def test_text_output(capsys):
    point = ["--mass-MeV", "1e-3", "--mu-muB", "4.4e-12", "--project", ROOT]
    status, out, err = run(capsys, "evaluate", "stellar", *point)
    assert (status, err) == (0, "")
    assert out.startswith("stellar, flavour mu: M_N = 0.001 MeV, mu_nu = 4.4e-12 mu_B\n")
    assert "verdict: excluded (0.301 dex inside the excluded range)" in out
    assert "Q_over_limit" in out
    assert "mu_limit_muB" in out
    _, out, _ = run(capsys, "limit", "stellar", "--mass-MeV", "1e-3", "--project", ROOT)
    assert "90% CL" in out
    assert "excluded   mu_nu from 2.2e-12 mu_B to beyond the grid" in out
    assert "preferred  nothing on the grid" in out
    _, out, _ = run(capsys, "evaluate", "xenon1t", "--mass-MeV", "5", "--mu-muB", "1e-10", "--project", ROOT)
    assert "verdict: insensitive (nothing is excluded at this mass)" in out
    _, out, _ = run(capsys, "limit", "xenon1t", "--mass-MeV", "5", "--project", ROOT)
    assert "excluded   nothing on the grid" in out


def test_info(capsys):
    status, out, _ = run(capsys, "info", "--project", ROOT)
    assert status == 0
    assert f"nudipole {__version__}" in out
    for word in (*CONSTRAINTS, "xenon1t_sr1_er_counts", "2006.09721"):
        assert word in out
    found = run_json(capsys, "info", "--project", ROOT)
    assert list(found) == ["version", "constraints", "datasets"]
    names = {"name", "title", "citation", "arxiv", "doi", "licence", "rows", "sha256", "url"}
    assert all(set(d) == names for d in found["datasets"])
    assert len(found["datasets"]) > 15


def test_convert(capsys):
    # d = mu/2 in GeV^-1: 148.152 per mu_B (six digits).
    found = run_json(capsys, "convert", "--mu-muB", "1e-11")
    assert list(found) == ["mu_nu_muB", "d_per_GeV"]
    assert found["d_per_GeV"] == pytest.approx(1.48152e-9, rel=1e-5, abs=0)
    back = run_json(capsys, "convert", "--d-per-GeV", found["d_per_GeV"])
    assert back["mu_nu_muB"] == pytest.approx(1e-11, rel=1e-15, abs=0)
    _, out, _ = run(capsys, "convert", "--mu-muB", "1e-11")
    assert out == "mu_nu = 1e-11 mu_B   d = 1.48152e-09 GeV^-1\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["limit", "xenon1t", "--mass-MeV", "-1"], "M_N_MeV must be positive and at most 100000, got -1.0"),
        (["limit", "xenon1t", "--mass-MeV", "nan"], "M_N_MeV must be positive"),
        (["limit", "stellar", "--mass-MeV", "1e300"], "M_N_MeV must be positive and at most 100000"),
        (["evaluate", "xenon1t", "--mass-MeV", "1", "--mu-muB", "1e200"], "mu_nu_muB must be positive and at most 1"),
        (["evaluate", "stellar", "--mass-MeV", "1", "--mu-muB", "0"], "mu_nu_muB must be positive"),
        (["limit", "stellar", "--mass-MeV", "1", "--set", "solar.model=x"], "solar.model = 'x' is not allowed"),
        (["limit", "stellar", "--mass-MeV", "1", "--set", "nothing"], "not of the form key=value"),
        (["limit", "stellar", "--mass-MeV", "1", "--config", "absent.yaml"], "absent.yaml does not exist"),
        (["limit", "stellar", "--mass-MeV", "1", "--set", "stellar.star=white-dwarf-dense-cool"], "does not apply"),
        (["info", "--project", "/nowhere"], "no nudipole project"),
        (["limit", "xenon1t", "--mass-MeV", "1", "--set", "data.catalog=absent.yaml"], "absent.yaml"),
        (["convert", "--mu-muB", "-1"], "the coupling must be positive and finite, got -1.0"),
        (["convert", "--d-per-GeV", "inf"], "the coupling must be positive and finite, got inf"),
    ],
)
def test_errors_go_to_stderr_without_a_traceback(capsys, monkeypatch, arguments, message):
    monkeypatch.chdir(ROOT)
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (1, "")
    assert err.startswith("nudipole: ")
    assert message in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["limit", "xenon1t"],
        ["limit", "xenon1t", "--mass-MeV", "heavy"],
        ["limit", "xenon1t", "--mass-MeV", "1", "--flavour", "sterile"],
        ["evaluate", "xenon1t", "--mass-MeV", "1"],
        ["convert"],
        ["convert", "--mu-muB", "1", "--d-per-GeV", "1"],
    ],
)
def test_wrong_arguments_end_with_two(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: nudipole" in capsys.readouterr().err


def test_the_installed_command(tmp_path):
    # From a folder that is no project: the checkout the package comes from serves.
    command = Path(sys.executable).with_name("nudipole")
    convert = [command, "convert", "--mu-muB", "2e-11", "--json"]
    good = subprocess.run(convert, capture_output=True, text=True, check=True)
    assert json.loads(good.stdout)["mu_nu_muB"] == 2e-11
    bad = subprocess.run(
        [command, "limit", "stellar", "--mass-MeV", "-1"], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith("nudipole: M_N_MeV")
    version = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    assert version.stdout == f"nudipole {__version__}\n"


def test_help_does_not_wait_for_numba():
    code = "import sys, nudipole.cli.main as m; m.build_parser(); print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_project_folder(tmp_path, monkeypatch):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.yaml").write_text("{}\n")
    (tmp_path / "deep" / "down").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "down")
    assert project_root(None) == tmp_path
    assert project_root(ROOT) == ROOT
    with pytest.raises(ConfigError, match=r"no nudipole project .* in .*down or above; name one with --project"):
        project_root(tmp_path / "deep" / "down")
    monkeypatch.chdir("/")
    assert project_root(None) == ROOT


def test_unknown_constraint_of_the_package():
    with pytest.raises(DomainError, match=r"unknown constraint 'axion'; choose one of borexino, .*xenon1t, .*stellar"):
        build_constraint("axion", ROOT, [], [])


def test_spectrum_of_a_detector(capsys, tmp_path):
    words = ["spectrum", "xenonnt", "--mass-MeV", "0.1", "--mu-muB", "2e-11", "--project", str(ROOT)]
    _, out, _ = run(capsys, *words)
    assert "M_N = 0.1 MeV, mu_nu = 2e-11 mu_B" in out
    code, out, _ = run(capsys, *words, "--json", "--output", tmp_path / "s.csv")
    rows = [row for row in json.loads(out)["rows"] if row["hypothesis"] == "chosen"]
    assert code == 0
    # 433 events; the signal is in the table and in the expectation
    assert sum(row["observed"] for row in rows) == 433
    assert len(rows) == 29
    # what `evaluate` expects as well, up to the nuisances of the fluxes (0.6 % for pp)
    _, point, _ = run(capsys, "evaluate", *words[1:], "--json")
    events = json.loads(point)["quantities"]["signal_events"]
    assert sum(row["signal"] for row in rows) == pytest.approx(events, rel=5e-3)
    assert len((tmp_path / "s.csv").read_text().splitlines()) > 4 * 29
    for name in ("s.png", "s.pdf"):
        run(capsys, *words, "--output", tmp_path / name)
        assert (tmp_path / name).stat().st_size > 5000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["spectrum", "xenon", "--mass-MeV", "1", "--mu-muB", "1e-11"], "'xenon' is no detector; .*xenon1t"),
        (["spectrum", "lz", "--mass-MeV", "1", "--mu-muB", "1e-11", "--output", "s.gif"], "--output must end in .png"),
        (["spectrum", "lz", "--mass-MeV", "-1", "--mu-muB", "1e-11"], "M_N_MeV must be positive"),
    ],
)
def test_wrong_spectra_are_refused(capsys, arguments, message):
    code, _, err = run(capsys, *arguments, "--project", ROOT)
    assert code == 1
    assert re.search(message, err)
