"""Progress of long work: on a terminal or on demand, on standard error alone."""

import argparse
import io
import re
import subprocess
import sys
import time
from pathlib import Path

from nudipole.cli import progress
from nudipole.cli.main import main
from nudipole.progress import advance

ROOT = Path(__file__).resolve().parents[2]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def ticked(stream, monkeypatch, **options):
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "QUIET_S", 0.01)
    monkeypatch.setattr(progress, "STEP_S", 0.01)
    with progress.shown(argparse.Namespace(**options), "limit bbn"):
        advance("points solved")
        advance("points solved", 4)
        time.sleep(0.2)
    return stream.getvalue()


def test_progress_on_a_terminal_is_one_line_that_goes_away(monkeypatch):
    text = ticked(Terminal(), monkeypatch, progress=None)
    assert "\rnudipole limit bbn: 0 s, 5 points solved" in text
    assert "\n" not in text
    assert text.endswith("\r" + " " * progress.WIDTH + "\r")


def test_progress_elsewhere_is_asked_for(monkeypatch):
    assert ticked(io.StringIO(), monkeypatch, progress=None) == ""
    assert ticked(io.StringIO(), monkeypatch) == ""
    # lines below each other, and only when something has changed
    asked = ticked(io.StringIO(), monkeypatch, progress=True).splitlines()
    line = "nudipole limit bbn: 0 s, 5 points solved"
    assert asked == [line, line.replace("0 s", "done in 0 s")]


def test_quiet_on_a_terminal(monkeypatch):
    assert ticked(Terminal(), monkeypatch, progress=False) == ""
    # a verb without long work has no such option
    assert ticked(Terminal(), monkeypatch) == ""


def test_progress_counts_compiled_kernels(tmp_path):
    code = (
        "import argparse, sys\n"
        "from nudipole.cli import progress\n"
        "progress.QUIET_S = progress.STEP_S = 0.01\n"
        "with progress.shown(argparse.Namespace(progress=True), 'compile'):\n"
        "    import numba, time\n"
        "    time.sleep(0.3)\n"
        "    numba.njit(lambda x: x + 1)(2.0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert re.search(r"nudipole compile: done in \d+ s, 1 kernels compiled\n$", done.stderr)
    assert done.stdout == ""


def test_progress_is_not_in_the_output(capsys):
    words = ["limit", "stellar", "--mass-MeV", "0.03", "--json", "--project", str(ROOT)]
    main(words)
    plain = capsys.readouterr().out
    main([*words, "--progress"])
    out, err = capsys.readouterr()
    assert out == plain
    assert "nudipole limit stellar: done in " in err
