"""`nudipole combine`: table, JSON and files agree with the closed form; what cannot be combined is refused."""

import json
from math import sqrt
from pathlib import Path

import pandas as pd
import pytest
from small_results import GAUSSIANS, MASSES_MEV, UNIT_MUB, gaussian, surface_table, write_results, write_surface

from nudipole.cli.main import main
from nudipole.limits.table import UNITS, check_limits
from nudipole.provenance.tables import read_info, read_table

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return write_results(tmp_path_factory.mktemp("results"))


def combine(capsys, results, *words):
    status = main(["combine", *map(str, words), "--results", str(results), "--project", str(ROOT)])
    return status, *capsys.readouterr()


def test_json_and_files_and_text_are_one_limit(capsys, results, tmp_path):
    table, csv = tmp_path / "c.parquet", tmp_path / "c.csv"
    status, out, err = combine(capsys, results, "xenonnt", "lz", "--json", "--output", table)
    found = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert (status, err) == (0, "")
    assert list(found) == ["constraint", "experiments", "flavour", "confidence_level", "statistic", "limits"]
    assert (found["constraint"], found["experiments"]) == ("xenonnt+lz", ["xenonnt", "lz"])
    assert "2.706 above min over mu^2>=0, stored surfaces of 2 experiments added" in found["statistic"]
    at = next(row for row in found["limits"] if row["M_N_MeV"] == pytest.approx(0.1))
    assert list(at) == ["M_N_MeV", "excluded", "preferred"]
    # (1, 2) and (4, 3): mean 25/13, error 6/sqrt(13)
    upper = UNIT_MUB * sqrt(25 / 13 + sqrt(2.7055435) * 6 / sqrt(13))
    (excluded,) = at["excluded"]
    assert excluded["low"] == pytest.approx(upper, rel=1e-6, abs=0)
    assert (excluded["high"], excluded["low_status"], excluded["high_status"]) == (None, "ok", "off_grid_high")
    frame = read_table(table)
    check_limits(frame)
    assert list(frame["mu_nu_muB"]) == [row["excluded"][0]["low"] for row in found["limits"]]
    info = read_info(table)
    assert set(info["inputs_sha256"]) == {"results/likelihood/xenonnt.parquet", "results/likelihood/lz.parquet"}
    assert frame["reference"].iloc[0].startswith("computed; data arXiv:2207.11330, ")
    status, out, _ = combine(capsys, results, "xenonnt", "lz", "--output", csv)
    assert list(pd.read_csv(csv).columns) == list(UNITS)
    assert pd.read_csv(csv)["mu_nu_muB"].to_numpy() == pytest.approx(frame["mu_nu_muB"].to_numpy(), rel=1e-12)
    assert f"{0.1:>12.6g} {'-':>14} {upper:>14.5g}" in out
    assert out.endswith(f"written: {csv}\n")


def test_level_kind_and_flavour(capsys, results):
    words = ["borexino", "--flavour", "e", "--confidence-level", "0.95", "--interval", "one_sided", "--json"]
    _, out, _ = combine(capsys, results, *words)
    found = json.loads(out)
    assert (found["flavour"], found["confidence_level"]) == ("e", 0.95)
    assert "one-sided, Delta(-2lnL)=2.706" in found["statistic"]
    assert all(row["preferred"] == [] for row in found["limits"])
    # two-sided at 68.27 %: mu = 0 is four sigma off
    _, out, _ = combine(capsys, results, "borexino", "--confidence-level", "0.6827", "--json")
    preferred = [row["preferred"] for row in json.loads(out)["limits"]]
    low, high = (UNIT_MUB * sqrt(8.0 + sign * 2.0) for sign in (-1.0, 1.0))
    at = preferred[list(MASSES_MEV).index(MASSES_MEV[10])][0]
    # the level is rounded, and with it one sigma
    assert (at["low"], at["high"]) == (pytest.approx(low, rel=1e-4, abs=0), pytest.approx(high, rel=1e-4, abs=0))
    _, out, _ = combine(capsys, results, "borexino", "--confidence-level", "0.6827")
    row = out.splitlines()[3 + 10].split()
    assert [float(word) for word in row[1:]] == pytest.approx([low, high], rel=1e-3, abs=0)


def test_a_projection_is_called_one(capsys, results, tmp_path):
    folder = tmp_path / "results"
    write_surface(folder, surface_table("darwin", gaussian(0.0, 1.0)))
    write_surface(folder, surface_table("lz", gaussian(*GAUSSIANS["lz"])))
    _, out, _ = combine(capsys, folder, "lz", "darwin", "--json")
    assert json.loads(out)["statistic"].startswith("projection, median expected: ")


def test_edges_beyond_the_grid_have_a_status_and_a_note(capsys, tmp_path):
    folder = tmp_path / "results"
    write_surface(folder, surface_table("lz", gaussian(1e14, 1e13)))
    status, out, err = combine(capsys, folder, "lz")
    assert status == 0
    assert out.count("off_grid_high") == len(MASSES_MEV)
    assert "nudipole: note: at 21 masses from 0.01 to 1 MeV the best fit lies above the largest stored moment" in err
    status, out, err = combine(capsys, folder, "lz", "--json", "--quiet")
    assert (err, {str(row["excluded"]) for row in json.loads(out)["limits"]}) == ("", {"[]"})


def test_a_coarse_surface_is_noted(capsys, tmp_path):
    folder = tmp_path / "results"
    coarse = [1e-14 * 10 ** (n / 3) for n in range(25)]
    write_surface(folder, surface_table("lz", gaussian(1.0, 2.0), moments=coarse))
    assert "the surfaces have 3.0 moments a decade" in combine(capsys, folder, "lz")[2]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["axion"], "'axion' is no detector; choose of borexino, "),
        (
            ["xenonnt", "liquid_xenon"],
            "xenonnt and liquid_xenon both hold the data of xenonnt, which would count twice",
        ),
        (["lz", "lz"], "both hold the data of lz_ws2022, lz_ws2024"),
        (["xenon1t"], "xenon1t.parquet does not exist; there are the surfaces of: borexino, liquid_xenon, lz, "),
        (["lz", "--flavour", "tau"], "the surface of lz has no coupling 'tau'; it has mu, e"),
        (["lz", "--confidence-level", "90"], "confidence_level must lie between 0.5 and 1, got 90"),
        (["lz", "--confidence-level", "nan"], "confidence_level must lie between 0.5 and 1"),
        (["lz", "--output", "c.txt"], "--output must end in .csv, .parquet, got c.txt"),
        (
            ["lz", "--output", "/nowhere/c.csv"],
            "cannot write /nowhere/c.csv: No such file or directory; choose another",
        ),
    ],
)
def test_what_cannot_be_combined(capsys, results, words, message):
    status, out, err = combine(capsys, results, *words)
    assert (status, out) == (1, "")
    assert err.startswith("nudipole: ")
    assert message in err


def test_no_results(capsys, tmp_path):
    status, _, err = combine(capsys, tmp_path / "absent", "lz")
    assert status == 1
    assert "there are no results in" in err
    assert "run the workflow (`make`), or name them with --results" in err
    assert main(["combine", "lz", "--interval", "one_sided", "--results", str(tmp_path), "--project", str(ROOT)]) == 1
    assert "there are the surfaces of: none" in capsys.readouterr().err
