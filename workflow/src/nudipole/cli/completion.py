"""The command `completion`: a script that completes the words of the command line in a shell."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nudipole.cli import arguments
from nudipole.cli.output import as_json
from nudipole.cli.project import constraint_names, project_root
from nudipole.config.detectors import record_names

SHELLS = ("bash", "zsh", "tcsh")
DETAILS = """The script knows commands, options, and the constraints and detectors of the project, and completes files
and folders. Make it again after adding a detector.

  bash   nudipole completion bash > ~/.local/share/bash-completion/completions/nudipole
         (without the package bash-completion: `source` the file in ~/.bashrc)
  zsh    nudipole completion zsh > ~/.zfunc/_nudipole
         and in ~/.zshrc: fpath=(~/.zfunc $fpath); autoload -U compinit; compinit
  tcsh   nudipole completion tcsh > ~/.nudipole.csh, and in ~/.tcshrc: source ~/.nudipole.csh

JSON: {shell, script}.

examples:
  nudipole completion bash
  nudipole completion zsh
"""


def add_command(commands: arguments.Commands) -> None:
    """Add the command."""
    parser = arguments.add_command(commands, "completion", "completion of these words in a shell", DETAILS)
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))
    arguments.common(parser)
    parser.set_defaults(run=_completion)


def _completion(args: argparse.Namespace) -> str:
    import shtab

    from nudipole.cli.main import build_parser

    root = project_root(args.project)
    parser = build_parser(grouped=False)
    detectors = record_names(root)
    words = {
        "constraint": ("all", *constraint_names(root)),
        "constraints": constraint_names(root),
        "without": constraint_names(root),
        "detector": detectors,
        "experiments": detectors,
    }
    for action in _actions(parser):
        _complete(action, words)
    script = str(shtab.complete(parser, args.shell)).rstrip("\n")
    return as_json({"shell": args.shell, "script": script}) if args.json else script


def _actions(parser: argparse.ArgumentParser) -> Iterator[Any]:
    """Yield the arguments of a parser and of its commands, which argparse keeps to itself."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
        yield action


def _complete(action: Any, words: Mapping[str, Sequence[str]]) -> None:
    """Say what an argument takes: one of some words, a file or a folder."""
    import shtab

    if action.dest in words:
        action.choices = words[action.dest]
    elif action.type is Path:
        action.complete = shtab.DIRECTORY if action.metavar == "DIR" else shtab.FILE
    elif action.dest == "curve":
        action.complete = shtab.FILE
