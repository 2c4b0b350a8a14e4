"""Entry point of the command line."""

import argparse
import os
import sys
from collections.abc import Sequence

from nudipole import __version__
from nudipole.cli import cite, combine, compare, completion, convert, history, info, model, plot, point, spectrum
from nudipole.errors import NudipoleError

GROUPS = {
    "at a point": ("evaluate", "limit", "spectrum", "history"),
    "from results of the workflow": ("plot", "combine", "compare"),
    "models and units": ("model", "convert"),
    "sources and shell": ("info", "cite", "completion"),
}
EXAMPLES = """examples:
  nudipole evaluate xenonnt --mass-MeV 0.1 --mu-muB 2e-11
  nudipole limit stellar --mass-MeV 0.03 --json
  nudipole COMMAND --help
"""
EXIT_CODES = """exit codes:
  0    the command has done its work, whatever the verdict
  1    input, configuration or data are wrong; one message on standard error says what to do
  2    wrong arguments
  130  interrupted (Ctrl-C)
"""
LONGEST_MESSAGE = 500
INTERRUPTED = 130
"""128 and the number of the signal, as shells have it."""


def build_parser(*, grouped: bool = True) -> argparse.ArgumentParser:
    """Return the parser of all commands; grouped: list them by theme in the help, or else as argparse does."""
    parser = argparse.ArgumentParser(
        prog="nudipole",
        usage="nudipole [-h] [--version] COMMAND ...",
        allow_abbrev=False,
        description="The neutrino magnetic moment portal: what is known at a point (M_N, mu_nu), and figures and "
        "limits from results.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"nudipole {__version__}")
    commands = _Commands(
        parser.add_subparsers(
            prog="nudipole",
            dest="command",
            required=True,
            metavar="COMMAND",
            help=argparse.SUPPRESS if grouped else None,
        )
    )
    for module in (point, spectrum, history, plot, combine, compare, model, convert, info, cite, completion):
        module.add_command(commands)
    parser.epilog = f"{_listing(commands.texts)}\n{EXAMPLES}\n{EXIT_CODES}"
    return parser


class _Commands:
    """The sub-commands of the parser, which remembers what each is for."""

    def __init__(self, action: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
        self.action = action
        self.texts: dict[str, str] = {}

    def add_parser(self, name: str, *, help: str, **options: object) -> argparse.ArgumentParser:
        """Add a command, as argparse does."""
        self.texts[name] = help
        return self.action.add_parser(name, help=help, allow_abbrev=False, **options)  # type: ignore[arg-type]


def _listing(texts: dict[str, str]) -> str:
    """Return the commands by theme; one without a theme stands in the last."""
    grouped = {name for members in GROUPS.values() for name in members}
    themes = {theme: [name for name in members if name in texts] for theme, members in GROUPS.items()}
    themes[next(reversed(themes))] += [name for name in texts if name not in grouped]
    return "".join(
        f"{theme}:\n" + "".join(f"  {name:<11} {texts[name]}\n" for name in members) + "\n"
        for theme, members in themes.items()
    )


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code (see EXIT_CODES); what is no error of the input keeps its traceback."""
    args = build_parser().parse_args(words)
    try:
        print(args.run(args), flush=True)
    except NudipoleError as error:
        print(f"nudipole: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("nudipole: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # the reader has seen enough; closing stdout again at exit must not complain either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        # a path that no file system has, or a folder without permission
        print(f"nudipole: {NudipoleError(str(error)[:LONGEST_MESSAGE])}; check the paths", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
