"""Completion in shells: the scripts are valid, and in a real bash they complete words, names and files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nudipole.cli.main import main

ROOT = Path(__file__).resolve().parents[2]


COMPLETE = """
source {script}
COMP_WORDS=({words})
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
COMP_LINE="${{COMP_WORDS[*]}}"
COMP_POINT=${{#COMP_LINE}}
declared=$(complete -p nudipole)
[[ $declared =~ -F\\ ([^ ]+) ]]
${{BASH_REMATCH[1]}} nudipole "${{COMP_WORDS[COMP_CWORD]}}" "${{COMP_WORDS[COMP_CWORD - 1]}}"
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture(scope="module")
def bash_script(tmp_path_factory):
    path = tmp_path_factory.mktemp("completion") / "nudipole.bash"
    words = [sys.executable, "-m", "nudipole.cli.main", "completion", "bash", "--project", str(ROOT)]
    path.write_text(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
    subprocess.run(["bash", "-n", path], check=True)
    return path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("nudipole ''", {"evaluate", "limit", "plot", "combine", "compare", "model", "cite", "completion"}),
        ("nudipole ev", {"evaluate"}),
        ("nudipole evaluate xenon1", {"xenon1t", "xenon1t_nr"}),
        ("nudipole evaluate al", {"all"}),
        ("nudipole limit sn_g", {"sn_gamma"}),
        ("nudipole limit bbn --flavour ''", {"e", "mu", "tau", "effective"}),
        ("nudipole limit bbn --mass", {"--mass-MeV"}),
        ("nudipole limit bbn --config my_", {"my_config.yaml"}),
        ("nudipole spectrum da", {"darwin"}),
        ("nudipole combine lz xenonn", {"xenonnt"}),
        ("nudipole combine lz --interval one", {"one_sided"}),
        ("nudipole plot --without st", {"stellar"}),
        ("nudipole plot --curve my_", {"my_config.yaml"}),
        ("nudipole plot --results my_", {"my_results"}),
        ("nudipole model lep", {"leptoquark"}),
        ("nudipole completion ''", {"bash", "zsh", "tcsh"}),
    ],
)
def test_completion_in_bash(bash_script, tmp_path, words, expected):
    (tmp_path / "my_config.yaml").touch()
    (tmp_path / "my_results").mkdir()
    code = COMPLETE.format(script=bash_script, words=words)
    done = subprocess.run(["bash", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    found = set(done.stdout.split())
    assert expected <= found
    if not words.endswith("''"):
        # where any file serves, a folder does too
        assert found <= expected | {"my_results"}


def test_completion_as_json_and_for_other_shells(capsys):
    for shell, mark in (("zsh", "#compdef nudipole"), ("tcsh", "complete nudipole"), ("bash", "complete -o")):
        assert main(["completion", shell, "--json", "--project", str(ROOT)]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["shell"] == shell
        for word in (mark, "xenonnt", "effective"):
            assert word in found["script"]
        # no folder of this machine in a script that is installed elsewhere
        assert os.fspath(ROOT) not in found["script"]
