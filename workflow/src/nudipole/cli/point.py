"""The commands `evaluate` and `limit`: what constraints say at a point and at a mass."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.cli import arguments, progress
from nudipole.cli.output import as_json, evaluation_text, limits_json, limits_text, summary_text
from nudipole.cli.project import build_constraint, constraint_names, project_root
from nudipole.errors import NudipoleError

if TYPE_CHECKING:
    from nudipole.constraints.base import Evaluation

ALL = "all"
EVALUATE = """The verdict is excluded, allowed, preferred, insensitive (nothing on the grid is excluded at this mass) or
unsolved; the margin is the distance to the nearest edge in log10 mu, positive where excluded. `all` takes every
constraint that `nudipole info` lists.

JSON: {constraint, flavour, M_N_MeV, mu_nu_muB, quantities {name: value}, units {name: unit}, verdict, margin_dex},
null for what does not exist; with `all` a list of these.

examples:
  nudipole evaluate xenon1t --mass-MeV 0.1 --mu-muB 5e-11 --flavour mu --set solar.model=BS05-OP
  nudipole evaluate stellar --mass-MeV 0.01 --mu-muB 3e-12 --json
  nudipole evaluate all --mass-MeV 0.5 --mu-muB 1e-10
"""
LIMIT = """JSON: {constraint, flavour, M_N_MeV, confidence_level, statistic, excluded [{low, high, low_status,
high_status}], preferred [{low, high}]}; low and high in mu_B, null where the range goes on beyond the grid.

examples:
  nudipole limit xenon1t --mass-MeV 1e-3 --flavour effective --set detectors.xenon1t.tritium=false
  nudipole limit stellar --mass-MeV 0.03 --set stellar.emission=damped --json
"""


def add_command(commands: arguments.Commands) -> None:
    """Add both commands."""
    evaluate = arguments.add_command(commands, "evaluate", "all quantities of a constraint at one point", EVALUATE)
    evaluate.add_argument("constraint", metavar="CONSTRAINT", help=f"one of those that `nudipole info` lists, or {ALL}")
    _configurable(evaluate)
    arguments.moment(evaluate)
    evaluate.set_defaults(run=_evaluate)

    limit = arguments.add_command(commands, "limit", "excluded and preferred moments at one mass", LIMIT)
    limit.add_argument("constraint", metavar="CONSTRAINT", help="one of those that `nudipole info` lists")
    _configurable(limit)
    limit.set_defaults(run=_limit)


def _configurable(parser: argparse.ArgumentParser) -> None:
    arguments.mass(parser)
    arguments.flavour(parser)
    arguments.configuration(parser)
    arguments.common(parser)


def _evaluate(args: argparse.Namespace) -> str:
    root = project_root(args.project)
    with progress.shown(args, f"evaluate {args.constraint}"):
        if args.constraint == ALL:
            results = [_evaluation(name, root, args) for name in constraint_names(root)]
            return as_json([asdict(result) for result in results]) if args.json else summary_text(results)
        result = build_constraint(args.constraint, root, args.config, args.set).evaluate(
            args.mass_MeV, args.mu_muB, args.flavour
        )
    return as_json(asdict(result)) if args.json else evaluation_text(result)


def _evaluation(name: str, root: Path, args: argparse.Namespace) -> "Evaluation":
    """Return one of many evaluations; an error says whose it is."""
    from nudipole.progress import advance

    try:
        result = build_constraint(name, root, args.config, args.set).evaluate(args.mass_MeV, args.mu_muB, args.flavour)
    except NudipoleError as error:
        raise type(error)(f"{name}: {error}") from error
    advance("constraints")
    return result


def _limit(args: argparse.Namespace) -> str:
    root = project_root(args.project)
    with progress.shown(args, f"limit {args.constraint}"):
        result = build_constraint(args.constraint, root, args.config, args.set).limits(args.mass_MeV, args.flavour)
    return as_json(limits_json(result)) if args.json else limits_text(result)
