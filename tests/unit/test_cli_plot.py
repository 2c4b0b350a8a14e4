"""`nudipole plot`: the chosen constraints and one's own curves are drawn; wrong files are named with their line."""

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from small_results import small_limits, write_results

from nudipole.cli.main import main
from nudipole.config.figure_style import load_style
from nudipole.config.load import load_config
from nudipole.errors import DataError, DomainError
from nudipole.limits.published import sources_frame
from nudipole.plotting.own_curves import OwnPoint, chosen_limits, curve_from_csv, draw_own_figure
from nudipole.plotting.style import style_of
from nudipole.units import d_per_GeV_from_mu_muB

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return write_results(tmp_path_factory.mktemp("results"))


def plot(capsys, results, *words):
    status = main(["plot", *map(str, words), "--results", str(results), "--project", str(ROOT)])
    return status, *capsys.readouterr()


def points(curve):
    return [[(float(M), float(mu)) for M, mu in zip(run.M_N_MeV, run.mu_nu_muB)] for run in curve.pieces]


@pytest.mark.parametrize(
    "text",
    [
        "M_N_MeV,mu_nu_muB\n1,1e-10\n2,2e-10\n",
        "# mine\n\nM_N_MeV , mu_nu_muB # units\n1, 1e-10\n\n2,2e-10  # last\n",
        "1,1e-10\n2,2e-10\n",
        "\ufeffM_N_MeV,mu_nu_muB\r\n1,1e-10\r\n2,2e-10\r\n",
        'name,mu_nu_muB,M_N_MeV\n"a, b",1e-10,1\n"c",2e-10,2\n',
        f"M_N_MeV,d_per_GeV\n1,{d_per_GeV_from_mu_muB(1e-10)!r}\n2,{d_per_GeV_from_mu_muB(2e-10)!r}\n",
        "M_N_MeV,d_per_GeV,mu_nu_muB\n1,7,1e-10\n2,7,2e-10\n",
    ],
)
def test_forms_of_a_curve(text):
    curve = curve_from_csv(text, "my.csv", "mine")
    assert curve.label == "mine"
    (piece,) = points(curve)
    assert np.array(piece) == pytest.approx(np.array([(1.0, 1e-10), (2.0, 2e-10)]), rel=1e-14, abs=0)


def test_rows_that_interrupt_a_curve():
    gap = curve_from_csv("M_N_MeV,mu_nu_muB,status\n1,1e-10,ok\n2,,off_grid_high\n3,nan,x\n4,2e-10,ok\n", "c", "")
    assert points(gap) == [[(1.0, 1e-10)], [(4.0, 2e-10)]]
    pieces = curve_from_csv(
        "edge,branch,M_N_MeV,mu_nu_muB\nfloor,0,1,1\nfloor,0,2,1\nceiling,0,1,2\nfloor,1,1,3\n", "c", ""
    )
    assert points(pieces) == [[(1.0, 1.0), (2.0, 1.0)], [(1.0, 2.0)], [(1.0, 3.0)]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "my.csv has no row of numbers; a curve needs the columns M_N_MeV and mu_nu_muB or d_per_GeV"),
        ("M_N_MeV,mu\n1,2\n", "my.csv, line 1: the header has M_N_MeV, mu; a curve needs the columns"),
        ("# x\nmass,mu_nu_muB\n1,2\n", "my.csv, line 2: the header has mass, mu_nu_muB"),
        ("1,1e-10\n2,heavy\n", "my.csv, line 2: mu_nu_muB is 'heavy'; it must be a positive number"),
        ("M_N_MeV,mu_nu_muB\n1,1\n\n-1,1\n", "my.csv, line 4: M_N_MeV is '-1'; it must be a positive number"),
        ("1,1\n2,0\n", "my.csv, line 2: mu_nu_muB is '0'"),
        ("1,1\n2,inf\n", "my.csv, line 2: mu_nu_muB is 'inf'"),
        ("1,1\n,1\n", "my.csv, line 2: M_N_MeV is ''"),
        ("M_N_MeV,mu_nu_muB\n1,\n", "my.csv has no row with a moment"),
        ("M_N_MeV,mu_nu_muB\n1,1\n\ufeff\n", "my.csv, line 3: M_N_MeV is ''"),
    ],
)
def test_wrong_curves_name_file_and_line(text, message):
    with pytest.raises(DataError) as caught:
        curve_from_csv(text, "my.csv", "")
    assert message in str(caught.value)


def test_choice_of_constraints_and_variants():
    limits = small_limits()
    assert set(chosen_limits(limits, (), (), {})["constraint"]) == set(limits["constraint"])
    assert set(chosen_limits(limits, ("stellar", "bbn"), ("bbn",), {})["constraint"]) == {"stellar"}
    varied = chosen_limits(limits, (), (), {"xenon1t": "no_tritium"})
    of_it = varied[varied["constraint"] == "xenon1t"]
    assert set(of_it.loc[of_it["is_default"], "variant"]) == {"no_tritium"}
    assert varied.loc[varied["constraint"] != "xenon1t", "is_default"].all()
    for chosen in (("axion",), (), {}), ((), ("axion",), {}), ((), (), {"axion": "a"}):
        with pytest.raises(DomainError, match="has no constraint 'axion'; it has bbn, borexino"):
            chosen_limits(limits, *chosen)
    with pytest.raises(DomainError, match="xenon1t has no variant 'x' to draw; it has tritium, no_tritium"):
        chosen_limits(limits, (), (), {"xenon1t": "x"})


def test_the_figure_has_the_curves_and_their_labels():
    curve = curve_from_csv("0.02,1e-10\n0.2,3e-10\n\n", "c", "mine")
    options, style = load_config(ROOT)["figures"], style_of(load_style(ROOT))
    own = [curve, OwnPoint("here", 10.0, 1e-12), OwnPoint("elsewhere", 1e9, 1e-12)]
    figure = draw_own_figure(small_limits(), sources_frame([]), "mu", options, style, own)
    axes = figure.axes[0]
    drawn = [line for line in axes.lines if np.array_equal(line.get_xdata(), [0.02, 0.2])]
    assert [list(line.get_ydata()) for line in drawn] == [[1e-10, 3e-10]]
    assert to_hex(drawn[0].get_color()) == "#000000"
    assert [10.0] in [list(line.get_xdata()) for line in axes.lines if line.get_marker() == "*"]
    words = {text.get_text() for text in axes.texts}
    assert {"mine", "here"} <= words
    # outside the frame there is nothing to name, nor in the legend, which has what found no place
    listed = {text.get_text() for text in axes.get_legend().get_texts()}
    assert not any("elsewhere" in text for text in words | listed)


@pytest.mark.parametrize("suffix", ["pdf", "png", "svg"])
def test_the_command_writes_the_figure(capsys, results, tmp_path, suffix):
    curve, output = tmp_path / "my:limit.csv", tmp_path / f"f.{suffix}"
    curve.write_text("M_N_MeV,mu_nu_muB\n0.02,1e-10\n0.2,1e-10\n")
    words = ["--curve", curve, "--curve", f"{curve}:a", "--point", "0.4,5e-11:b", "--without", "bbn,cmb",
             "--M-N-range-MeV", "0.01", "10", "--mu-nu-range-muB", "1e-12", "1e-8", "--output", output,
             "--json"]  # fmt: skip
    status, out, err = plot(capsys, results, *words)
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert list(found) == ["output", "flavour", "constraints", "curves", "points"]
    assert found["constraints"] == ["xenonnt", "xenon1t", "borexino", "stellar"]
    assert found["curves"] == [
        {"label": "my:limit", "file": str(curve), "points": 2}, {"label": "a", "file": str(curve), "points": 2}
    ]  # fmt: skip
    assert found["points"] == [{"label": "b", "M_N_MeV": 0.4, "mu_nu_muB": 5e-11}]
    first = output.read_bytes()
    assert len(first) > 5000
    plot(capsys, results, *words)
    assert output.read_bytes() == first


def test_ranges_and_style_of_ones_own(capsys, results, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("look.yaml").write_text("canvases: {wide: {frame_width_in: 3.0}}\n")
    assert plot(capsys, results, "--style", "look.yaml", "--output", "narrow.svg", "--M-N-range-MeV", 0.1, 1)[0] == 0
    assert plot(capsys, results, "--output", "wide.svg")[0] == 0
    widths = [float(Path(name).read_text().split('width="')[1].split("pt")[0]) for name in ("narrow.svg", "wide.svg")]
    # 5.7 inches less 3.0
    assert widths[1] - widths[0] == pytest.approx(2.7 * 72.0, abs=0.01)
    Path("look.yaml").write_text("canvas: {}\n")
    status, _, err = plot(capsys, results, "--style", "look.yaml", "--output", "f.pdf")
    assert status == 1
    assert "look.yaml" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--output", "f.gif"], "--output must end in .pdf, .png, .svg, got f.gif"),
        (["--output", "f.pdf", "--curve", "absent.csv:x"], "--curve: there is no file absent.csv"),
        (["--output", "f.pdf", "--curve", "/"], "--curve: / cannot be read"),
        (["--output", "f.pdf", "--point", "1"], "--point '1' is not of the form M_N,mu"),
        (["--output", "f.pdf", "--point", "1,-1"], "mass [MeV] and moment [mu_B] must be positive"),
        (["--output", "f.pdf", "--variant", "xenon1t"], "--variant 'xenon1t' is not of the form constraint=variant"),
        (["--output", "f.pdf", "--M-N-range-MeV", "2", "1"], "--M-N-range-MeV is 2 1; it needs two positive numbers"),
        (["--output", "f.pdf", "--mu-nu-range-muB", "0", "1"], "--mu-nu-range-muB is 0 1; it needs two positive"),
        (["--output", "f.pdf", "--flavour", "tau"], "the limits table has no row for the coupling 'tau'"),
        (["--output", "f.pdf", "--constraints", "stellar,axion"], "has no constraint 'axion'"),
        (["--output", "/nowhere/x/f.pdf/g.pdf", "--style", "absent.yaml"], "absent.yaml does not exist"),
    ],
)
def test_wrong_figures(capsys, results, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    status, out, err = plot(capsys, results, *words)
    assert (status, out) == (1, "")
    assert message in err
    assert not list(tmp_path.iterdir())


def test_a_folder_without_tables(capsys, tmp_path):
    status, _, err = plot(capsys, tmp_path, "--output", tmp_path / "f.pdf")
    assert status == 1
    assert "limits.parquet does not exist; run the workflow to make it" in err
