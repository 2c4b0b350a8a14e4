"""Entry point of the command line."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from nudipole import __version__
from nudipole.cli import arguments, cite, history, model, spectrum
from nudipole.cli.output import as_json, conversion, evaluation_text, limits_json, limits_text
from nudipole.cli.project import build_constraint, catalog_of, constraint_titles, project_root
from nudipole.config.load import load_config
from nudipole.errors import DomainError, NudipoleError
from nudipole.flavours import ALL_MODES

EVALUATE_EXAMPLE = """example:
  nudipole evaluate xenon1t --mass-MeV 0.1 --mu-muB 5e-11 --flavour mu --set solar.model=BS05-OP
  nudipole evaluate stellar --mass-MeV 0.01 --mu-muB 3e-12 --json
"""
LIMIT_EXAMPLE = """example:
  nudipole limit xenon1t --mass-MeV 1e-3 --flavour effective --set detectors.xenon1t.tritium=false
  nudipole limit stellar --mass-MeV 0.03 --set stellar.emission=damped
"""
CONVERT_EXAMPLE = """L = (mu/2) F nubar sigma N = d nubar sigma F N, so d = mu/2.

example:
  nudipole convert --mu-muB 1e-11
  nudipole convert --d-per-GeV 1.5e-9
"""


def _configurable(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("constraint", metavar="CONSTRAINT", help="one of those that `nudipole info` lists")
    arguments.mass(parser)
    parser.add_argument(
        "--flavour",
        choices=ALL_MODES,
        default="mu",
        help="which neutrino couples; effective: no flavour conversion, as experiments quote it (default: mu)",
    )
    arguments.configuration(parser)
    arguments.common(parser)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="nudipole", allow_abbrev=False, description="The neutrino magnetic moment portal at a point."
    )
    parser.add_argument("--version", action="version", version=f"nudipole {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    raw = argparse.RawDescriptionHelpFormatter

    evaluate = commands.add_parser(
        "evaluate",
        help="all quantities of a constraint at one point",
        epilog=EVALUATE_EXAMPLE,
        formatter_class=raw,
    )
    _configurable(evaluate)
    arguments.moment(evaluate)
    evaluate.set_defaults(run=_evaluate)

    limit = commands.add_parser(
        "limit", help="excluded and preferred moments at one mass", epilog=LIMIT_EXAMPLE, formatter_class=raw
    )
    _configurable(limit)
    limit.set_defaults(run=_limit)

    history.add_command(commands)
    spectrum.add_command(commands)
    model.add_command(commands)
    cite.add_command(commands)

    info = commands.add_parser("info", help="constraints, and data with their citations")
    arguments.common(info)
    info.set_defaults(run=_info)

    convert = commands.add_parser(
        "convert", help="mu_nu to d and back", description=CONVERT_EXAMPLE, formatter_class=raw
    )
    coupling = convert.add_mutually_exclusive_group(required=True)
    coupling.add_argument("--mu-muB", type=arguments.number, metavar="Y", help="moment in Bohr magnetons")
    coupling.add_argument("--d-per-GeV", type=arguments.number, metavar="D", help="coupling d in GeV^-1")
    convert.add_argument("--json", action="store_true", help="print JSON")
    convert.set_defaults(run=_convert)
    return parser


def _evaluate(args: argparse.Namespace) -> str:
    constraint = build_constraint(args.constraint, project_root(args.project), args.config, args.set)
    result = constraint.evaluate(args.mass_MeV, args.mu_muB, args.flavour)
    return as_json(asdict(result)) if args.json else evaluation_text(result)


def _limit(args: argparse.Namespace) -> str:
    constraint = build_constraint(args.constraint, project_root(args.project), args.config, args.set)
    result = constraint.limits(args.mass_MeV, args.flavour)
    return as_json(limits_json(result)) if args.json else limits_text(result)


def _info(args: argparse.Namespace) -> str:
    root = project_root(args.project)
    config = load_config(root)
    datasets = catalog_of(root, config).datasets
    if args.json:
        rows: list[dict[str, Any]] = [
            {"name": d.name, "title": d.title, "citation": d.citation, "arxiv": list(d.arxiv), "doi": d.doi,
             "licence": d.licence, "rows": d.rows, "sha256": d.sha256, "url": d.remote.url if d.remote else None}
            for d in datasets
        ]  # fmt: skip
        return as_json({"version": __version__, "constraints": constraint_titles(root), "datasets": rows})
    lines = [f"nudipole {__version__}", "", "constraints"]
    lines += [f"  {name:<13} {text}" for name, text in constraint_titles(root).items()]
    lines += ["", "data"]
    for d in datasets:
        lines += [
            f"  {d.name:<30} {d.title}",
            f"  {'':<30} {d.citation} [{', '.join(d.arxiv) or d.doi or '-'}]",
        ]
    return "\n".join(lines)


def _convert(args: argparse.Namespace) -> str:
    value, unit = (args.mu_muB, "muB") if args.mu_muB is not None else (args.d_per_GeV, "d")
    if not 0.0 < value < float("inf"):
        raise DomainError(f"the coupling must be positive and finite, got {value}")
    both = conversion(value, unit)
    text = f"mu_nu = {both['mu_nu_muB']:.6g} mu_B   d = {both['d_per_GeV']:.6g} GeV^-1"
    return as_json(both) if args.json else text


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0, 1 after an error of the input, 2 for wrong arguments."""
    args = build_parser().parse_args(words)
    try:
        print(args.run(args), flush=True)
    except NudipoleError as error:
        print(f"nudipole: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # the reader has seen enough; closing stdout again at exit must not complain either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
