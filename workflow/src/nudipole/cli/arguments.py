"""Arguments that several commands share."""

import argparse
from pathlib import Path


def number(text: str) -> float:
    """Return the number a word says."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def common(parser: argparse.ArgumentParser) -> None:
    """Add the project folder and the form of the output."""
    parser.add_argument("--project", type=Path, metavar="DIR", help="project folder (default: around the current one)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def mass(parser: argparse.ArgumentParser) -> None:
    """Add the mass."""
    parser.add_argument("--mass-MeV", type=number, required=True, metavar="X", help="mass M_N of the sterile neutrino")


def moment(parser: argparse.ArgumentParser) -> None:
    """Add the magnetic moment."""
    parser.add_argument("--mu-muB", type=number, required=True, metavar="Y", help="moment mu_nu in Bohr magnetons")


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
