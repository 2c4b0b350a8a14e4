"""Arguments that several commands share, each under one name everywhere."""

import argparse
from pathlib import Path
from typing import Any

from nudipole.flavours import ALL_MODES

Commands = Any
"""The sub-commands of a parser; argparse has no public name for their type."""


def add_command(commands: Commands, name: str, text: str, details: str) -> argparse.ArgumentParser:
    """Add a command; details, with its examples, stand below its options as they are written here."""
    raw = argparse.RawDescriptionHelpFormatter
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=f"{text[0].upper()}{text[1:]}.", epilog=details, formatter_class=raw
    )
    return parser


def number(text: str) -> float:
    """Return the number a word says."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def names(text: str) -> tuple[str, ...]:
    """Return the words of a comma-separated list."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def json_output(parser: argparse.ArgumentParser) -> None:
    """Add the choice of JSON."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def common(parser: argparse.ArgumentParser) -> None:
    """Add the project folder, the form of the output, and whether progress is shown."""
    parser.add_argument("--project", type=Path, metavar="DIR", help="project folder (default: around the current one)")
    json_output(parser)
    shown = parser.add_mutually_exclusive_group()
    terminal = "show progress on standard error even if that is no terminal"
    shown.add_argument("--progress", action="store_true", default=None, help=terminal)
    shown.add_argument("--quiet", action="store_false", dest="progress", help="show no progress and no notes")


def mass(parser: argparse.ArgumentParser) -> None:
    """Add the mass."""
    parser.add_argument("--mass-MeV", type=number, required=True, metavar="X", help="mass M_N of the sterile neutrino")


def moment(parser: argparse.ArgumentParser) -> None:
    """Add the magnetic moment."""
    parser.add_argument("--mu-muB", type=number, required=True, metavar="Y", help="moment mu_nu in Bohr magnetons")


def flavour(parser: argparse.ArgumentParser) -> None:
    """Add the coupling."""
    meaning = "which neutrino couples; effective: no flavour conversion, as experiments quote it (default: mu)"
    parser.add_argument("--flavour", choices=ALL_MODES, default="mu", help=meaning)


def results(parser: argparse.ArgumentParser) -> None:
    """Add the folder that the workflow has written."""
    what = "results of the workflow (default: results in the project folder)"
    parser.add_argument("--results", type=Path, metavar="DIR", help=what)


def output(parser: argparse.ArgumentParser, what: str, *, required: bool = False) -> None:
    """Add the file to write."""
    parser.add_argument("--output", type=Path, required=required, metavar="F", help=what)


def configuration(parser: argparse.ArgumentParser) -> None:
    """Add what is laid over the configuration."""
    parser.add_argument(
        "--config",
        type=Path,
        action="append",
        default=[],
        metavar="F",
        help="file laid over config/config.yaml",
    )
    one_key = "single configuration key, for example solar.model=BS05-OP"
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=one_key)
