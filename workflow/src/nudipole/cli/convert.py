"""The command `convert`: the two conventions of the coupling."""

import argparse

from nudipole.cli import arguments
from nudipole.cli.output import as_json, conversion
from nudipole.errors import DomainError

DETAILS = """L = (mu/2) F nubar sigma N = d nubar sigma F N, so d = mu/2.

JSON: {mu_nu_muB, d_per_GeV}.

examples:
  nudipole convert --mu-muB 1e-11
  nudipole convert --d-per-GeV 1.5e-9 --json
"""


def add_command(commands: arguments.Commands) -> None:
    """Add the command."""
    parser = arguments.add_command(commands, "convert", "mu_nu to d and back", DETAILS)
    coupling = parser.add_mutually_exclusive_group(required=True)
    coupling.add_argument("--mu-muB", type=arguments.number, metavar="Y", help="moment in Bohr magnetons")
    coupling.add_argument("--d-per-GeV", type=arguments.number, metavar="D", help="coupling d in GeV^-1")
    arguments.json_output(parser)
    parser.set_defaults(run=_convert)


def _convert(args: argparse.Namespace) -> str:
    value, unit = (args.mu_muB, "muB") if args.mu_muB is not None else (args.d_per_GeV, "d")
    if not 0.0 < value < float("inf"):
        raise DomainError(f"the coupling must be positive and finite, got {value}")
    both = conversion(value, unit)
    text = f"mu_nu = {both['mu_nu_muB']:.6g} mu_B   d = {both['d_per_GeV']:.6g} GeV^-1"
    return as_json(both) if args.json else text
