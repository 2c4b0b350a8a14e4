"""Help, examples, exit codes, progress: every verb has examples that run, JSON that is strict, and starts quickly."""

import argparse
import json
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_results import write_results

from nudipole.cli.main import GROUPS, build_parser, main
from nudipole.cli.output import as_json
from nudipole.cli.project import CONSTRAINTS

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = re.compile(r"^examples?:\n((?:  .*\n)+)", re.MULTILINE)
SHELL_LINE = re.compile(r"^(?:    \.venv/bin/|\$ )(nudipole .*)$", re.MULTILINE)
PAGES = ("README.md", "docs/use/commands.md")
COSTLY = {"bbn", "cmb", "supernova", "sn_gamma", "all"}
"""Constraints that compile kernels for minutes on a new machine; their examples are parsed, and run in other tests."""


def verbs():
    """Parser of each verb by its name."""
    (commands,) = (a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    return commands.choices


def examples_of(text):
    return [line.strip() for block in EXAMPLES.findall(text) for line in block.splitlines()]


def all_examples():
    lines = [line for page in PAGES for line in SHELL_LINE.findall((ROOT / page).read_text(encoding="utf-8"))]
    lines += examples_of(build_parser().format_help())
    for parser in verbs().values():
        lines += examples_of(parser.format_help())
    return sorted({line for line in lines if "--help" not in line})


def words_of(line):
    name, *words = shlex.split(line.split(">")[0])
    assert name == "nudipole"
    return words


def is_cheap(words):
    return words[0] != "history" and not COSTLY.intersection(words[1:2])


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return write_results(tmp_path_factory.mktemp("results"))


def strict(text):
    def refuse(name):
        raise ValueError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("name", verbs())
def test_every_verb_has_examples_and_json(name):
    parser = verbs()[name]
    text = parser.format_help()
    lines = examples_of(text)
    assert lines
    assert all(line.startswith(f"nudipole {name} ") or line == f"nudipole {name}" for line in lines)
    assert "\nJSON: {" in text
    options = {option for each in parser._actions for option in each.option_strings}
    models = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    for each in models[0].choices.values() if models else ():
        options |= {option for action in each._actions for option in action.option_strings}
    assert "--json" in options


def test_one_name_for_one_thing():
    # an option of one name has the same type, form and choices in every verb
    known = {}
    for parser in verbs().values():
        for action in parser._actions:
            for option in action.option_strings:
                form = (action.type, action.nargs, type(action), tuple(action.choices or ()))
                assert known.setdefault(option, form) == form, option
    # one character case and the unit in the name of a quantity
    assert {"--mass-MeV", "--mu-muB", "--M-N-range-MeV", "--mu-nu-range-muB", "--d-per-GeV"} <= set(known)


def test_top_level_help():
    text = build_parser().format_help()
    for theme, members in GROUPS.items():
        block = text.split(f"\n{theme}:\n")[1].split("\n\n")[0]
        assert [line.split()[0] for line in block.splitlines()] == list(members)
    assert {name for members in GROUPS.values() for name in members} == set(verbs())
    for code in ("0 ", "1 ", "2 ", "130 "):
        assert f"\n  {code}" in text.split("exit codes:")[1]


def test_a_verb_without_a_theme_is_listed():
    from nudipole.cli.main import _listing

    assert "sources and shell:\n  info        b\n  new         a\n" in _listing({"new": "a", "info": "b"})


def test_there_are_examples_of_all_kinds():
    lines = all_examples()
    assert len(lines) > 35
    assert {words_of(line)[0] for line in lines} == set(verbs())
    assert sum(is_cheap(words_of(line)) for line in lines) > 25


@pytest.mark.parametrize("line", all_examples())
def test_examples(line, results, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("mine.csv", "my_limit.csv", "combined.csv"):
        Path(name).write_text("M_N_MeV,mu_nu_muB\n0.02,1e-10\n0.2,1e-10\n")
    for folder in ("published/results", "results", "old"):
        Path(folder).mkdir(parents=True)
        Path(folder, "manifest.json").write_text('{"results_sha256": {}}')
    words = words_of(line)
    args = build_parser().parse_args(words)
    if not is_cheap(words):
        return
    if hasattr(args, "results"):
        words += ["--results", str(results)]
    if hasattr(args, "project"):
        words += ["--project", str(ROOT)]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert out
    assert err == ""
    if args.json:
        strict(out)
    else:
        assert main([*words, "--json"]) == 0
        strict(capsys.readouterr().out)
    if getattr(args, "output", None):
        assert args.output.stat().st_size > 100


def test_starts_without_heavy_packages():
    heavy = ["numba", "numpy", "scipy", "pandas", "pyarrow", "matplotlib", "bokeh", "hepdata_lib", "pybtex", "shtab"]
    code = (
        "import sys, nudipole.cli.main as m\n"
        "try: m.main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        f"print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stderr.replace("'", '"')))
    # the records of detectors are typed with numpy and the quantiles of scipy.special
    assert loaded <= {"numpy", "scipy"}


def test_evaluate_all(capsys, monkeypatch):
    names = ("xenonnt", "stellar")
    monkeypatch.setattr("nudipole.cli.point.constraint_names", lambda root: names)
    point = ["--mass-MeV", "0.1", "--mu-muB", "2e-11", "--project", str(ROOT)]
    assert main(["evaluate", "all", *point, "--json"]) == 0
    every = strict(capsys.readouterr().out)
    single = []
    for name in names:
        main(["evaluate", name, *point, "--json"])
        single.append(strict(capsys.readouterr().out))
    assert every == single
    assert main(["evaluate", "all", *point]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "flavour mu: M_N = 0.1 MeV, mu_nu = 2e-11 mu_B"
    for line, one in zip(lines[1:], single, strict=True):
        margin = one["margin_dex"]
        assert line.split()[:2] == [one["constraint"], one["verdict"]]
        assert f"{margin:+.3f} dex" in line
    assert main(["evaluate", "all", *point, "--set", "stellar.star=white-dwarf-dense-cool"]) == 1
    assert capsys.readouterr().err.startswith("nudipole: stellar: ")


def test_all_means_every_constraint():
    from nudipole.cli.project import constraint_names

    names = constraint_names(ROOT)
    assert set(CONSTRAINTS) < set(names)
    assert {"borexino", "xenon1t", "darwin", "liquid_xenon"} < set(names)
    assert len(set(names)) == len(names)


def test_interrupted(capsys, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("nudipole.cli.convert.conversion", interrupt)
    assert main(["convert", "--mu-muB", "1"]) == 130
    assert capsys.readouterr() == ("", "nudipole: interrupted\n")


def test_a_real_ctrl_c():
    # a history with kernels to load takes seconds; the signal comes once progress says that work is going on
    words = ["-m", "nudipole.cli.main", "limit", "cmb", "--mass-MeV", "1", "--progress", "--project", str(ROOT)]
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert first.startswith("nudipole limit cmb: ")
    assert (process.returncode, out) == (130, "")
    assert err.endswith("nudipole: interrupted\n")
    assert "Traceback" not in err


def test_what_is_a_bug_keeps_its_traceback(monkeypatch):
    monkeypatch.setattr("nudipole.cli.convert.conversion", lambda *_: {"x": float("nan")})
    with pytest.raises(KeyError):
        main(["convert", "--mu-muB", "1"])
    # and a NaN on the way to JSON is one
    with pytest.raises(ValueError, match="Out of range float values"):
        as_json({"x": float("nan")})


@pytest.mark.parametrize(
    "words",
    [
        ["combine"],
        ["combine", "lz", "--interval", "cls"],
        ["combine", "lz", "--confidence-level", "high"],
        ["plot"],
        ["plot", "--output", "f.pdf", "--M-N-range-MeV", "1"],
        ["completion"],
        ["completion", "dos"],
        ["evaluate", "lz", "--mass-MeV", "1", "--mu-muB", "1", "--quiet", "--progress"],
        ["convert", "--mu", "1"],
    ],
)
def test_wrong_arguments(capsys, words):
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage: nudipole" in capsys.readouterr().err
