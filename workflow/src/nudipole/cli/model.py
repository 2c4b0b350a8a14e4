"""`nudipole model`: what models give for the moment, its Dirac mass and its mixing, with the formula behind it."""

import argparse
from typing import Any

from nudipole.cli import arguments
from nudipole.cli.output import as_json
from nudipole.errors import DomainError

EXAMPLES = """examples:
  nudipole model leptoquark --y1y2 0.05 --M-LQ-TeV 1
  nudipole model leptoquark --y1y2 0.05 --M-LQ-TeV 1 --formula talk --json
  nudipole model naturalness --mu-muB 1e-11 --Lambda-TeV 1
  nudipole model naturalness --mass-MeV 100 --s-max 1e-3 --Lambda-TeV 1 --delta 0.01
  nudipole model voloshin --mu-muB 1e-11 --mass-MeV 100 --Lambda-TeV 1 --s-max 1e-3
  nudipole model seesaw --m-nuN-MeV 1 --m-N-MeV 100 --mu-muB 1e-11
  nudipole model type-I --m-nuN-MeV 1 --m-nu-eV 0.05
  nudipole model mixing --T-GeV 1 --sin-theta 1e-3
  nudipole model lifetime --mass-MeV 1 --mu-muB 1e-11
  nudipole model lifetime --mass-MeV 1 --tau-s 0.1
"""
DETAILS = f"JSON: {{model, inputs {{name: value}}, quantities {{name: value}}, units {{name: unit}}}}.\n\n{EXAMPLES}"

UNITS = {"muB": "mu_B", "eV": "eV", "MeV": "MeV", "GeV": "GeV", "TeV": "TeV", "s": "s"}
"""Units by the last word of a name; everything else is a pure number."""
NAMES = {"mass_MeV": "M_N_MeV", "mu_muB": "mu_nu_muB", "tau_s": "tau_N_s"}
"""Arguments that go by another name in formulas and tables."""
NOT_INPUT = ("command", "model", "json", "run")


def add_command(commands: arguments.Commands) -> None:
    """Add the verb with one word for each model."""
    verb = arguments.add_command(commands, "model", "moment, mass and mixing in models", DETAILS)
    models = verb.add_subparsers(dest="model", required=True, metavar="MODEL")

    for add in (_add_leptoquark, _add_naturalness, _add_seesaws, _add_lifetime):
        add(models)


def _add_leptoquark(models: Any) -> None:
    leptoquark = _model(models, "leptoquark", "moment from a scalar leptoquark and bottom quark in a loop", _leptoquark)
    _number(leptoquark, "--y1y2", "product of its couplings", required=True)
    _number(leptoquark, "--M-LQ-TeV", "its mass", required=True)
    _number(leptoquark, "--m-b-GeV", "mass of the bottom quark (default: 4.18)", default=4.18)
    _number(leptoquark, "--log", "logarithm in the Dirac mass, ln(Lambda^2/M_LQ^2) (default: 1)", default=1.0)
    formula = "full loop, or its logarithm with twice the prefactor (default: one-loop)"
    leptoquark.add_argument("--formula", choices=("one-loop", "talk"), default="one-loop", help=formula)


def _add_naturalness(models: Any) -> None:
    natural = _model(models, "naturalness", "Dirac mass of a moment, or natural moment for a mixing", _naturalness)
    what = natural.add_mutually_exclusive_group(required=True)
    what.add_argument("--mu-muB", type=arguments.number, metavar="X", help="moment: gives the Dirac mass")
    what.add_argument("--mass-MeV", type=arguments.number, metavar="X", help="mass of N: gives the natural moment")
    _number(natural, "--s-max", "largest mixing, with --mass-MeV (default: 1)")
    _number(natural, "--delta", "breaking of Voloshin's symmetry, 1 without it (default: 1)", default=1.0)
    _scale(natural)

    voloshin = _model(
        models, "voloshin", "how well Voloshin's symmetry must hold for a moment to be natural", _voloshin
    )
    arguments.moment(voloshin)
    arguments.mass(voloshin)
    _number(voloshin, "--s-max", "largest mixing (default: 1)", default=1.0)
    _scale(voloshin)


def _add_seesaws(models: Any) -> None:
    seesaw = _model(models, "seesaw", "inverse seesaw: mass, mixing and moments of N", _seesaw)
    _number(seesaw, "--m-nuN-MeV", "Dirac mass with the light neutrino", required=True)
    _number(seesaw, "--m-N-MeV", "Dirac mass of N itself", required=True)
    _number(seesaw, "--mu-muB", "moment before mixing (default: 1e-11)", default=1e-11)

    type_I = _model(models, "type-I", "mass and mixing of N in the type-I seesaw", _type_I)
    _number(type_I, "--m-nuN-MeV", "Dirac mass", required=True)
    _number(type_I, "--m-nu-eV", "mass of the light neutrino (default: 0.05)", default=0.05)

    mixing = _model(models, "mixing", "moment above which the dipole makes N faster than mixing", _mixing)
    _number(mixing, "--T-GeV", "energy or temperature", required=True)
    _number(mixing, "--sin-theta", "mixing", required=True)


def _add_lifetime(models: Any) -> None:
    lifetime = _model(
        models, "lifetime", "proper lifetime of N by N -> nu gamma, or the moment that gives one", _lifetime
    )
    arguments.mass(lifetime)
    what = lifetime.add_mutually_exclusive_group(required=True)
    what.add_argument("--mu-muB", type=arguments.number, metavar="Y", help="moment: gives the lifetime")
    what.add_argument("--tau-s", type=arguments.number, metavar="T", help="lifetime: gives the moment")
    lifetime.add_argument("--majorana", action="store_true", help="Majorana N: half the lifetime")


def _model(models: Any, name: str, text: str, run: Any) -> argparse.ArgumentParser:
    # the example lines that show this model
    shown = "\n".join(line for line in EXAMPLES.splitlines() if f" model {name} " in line)
    parser: argparse.ArgumentParser = models.add_parser(
        name,
        help=text,
        description=text,
        epilog=f"examples:\n{shown}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    arguments.json_output(parser)
    parser.set_defaults(run=run)
    return parser


def _number(parser: argparse.ArgumentParser, name: str, text: str, **options: Any) -> None:
    parser.add_argument(name, type=arguments.number, metavar="X", help=text, **options)


def _scale(parser: argparse.ArgumentParser) -> None:
    _number(parser, "--Lambda-TeV", "scale of new physics", required=True)
    convention = "order-one convention of the mass, half: half of it (default: loop)"
    parser.add_argument("--estimate", choices=("loop", "half"), default="loop", help=convention)


def _unit(name: str) -> str:
    return UNITS.get(name.rsplit("_", 1)[-1], "1")


def _shown(args: argparse.Namespace, **quantities: Any) -> str:
    """Return what goes in and what comes out with units, as JSON or as lines."""
    given = {name: value for name, value in vars(args).items() if name not in NOT_INPUT and value is not None}
    inputs = {NAMES.get(name, name): value for name, value in given.items()}
    results = {name: float(value) for name, value in quantities.items()}
    if args.json:
        units = {name: _unit(name) for name, value in (inputs | results).items() if type(value) is float}
        return as_json({"model": args.model, "inputs": inputs, "quantities": results, "units": units})
    lines = [args.model]
    for title, values in (("in", inputs), ("out", results)):
        lines += [f"  {title:<4} {name:<20} {_value_text(name, value)}" for name, value in values.items()]
    return "\n".join(lines)


def _value_text(name: str, value: Any) -> str:
    if type(value) is not float:
        return f"{value!s:>14}".lower()
    return f"{value:>14.6g} {_unit(name).removeprefix('1')}".rstrip()


def _leptoquark(args: argparse.Namespace) -> str:
    from nudipole.models.leptoquark import dirac_mass_MeV, moment_muB

    moment = moment_muB(args.y1y2, args.M_LQ_TeV, m_b_GeV=args.m_b_GeV, formula=args.formula)
    return _shown(args, mu_nu_muB=moment, m_nuN_MeV=dirac_mass_MeV(args.y1y2, m_b_GeV=args.m_b_GeV, log=args.log))


def _naturalness(args: argparse.Namespace) -> str:
    from nudipole.models.naturalness import dirac_mass_MeV, natural_moment_muB

    scale = {"Lambda_TeV": args.Lambda_TeV, "delta": args.delta, "estimate": args.estimate}
    if args.mu_muB is None:
        args.s_max = 1.0 if args.s_max is None else args.s_max
        return _shown(args, mu_nat_muB=natural_moment_muB(args.mass_MeV, s_max=args.s_max, **scale))
    if args.s_max is not None:
        raise DomainError("--s-max belongs to --mass-MeV: the Dirac mass of a moment does not depend on it")
    return _shown(args, m_nuN_MeV=dirac_mass_MeV(args.mu_muB, **scale))


def _voloshin(args: argparse.Namespace) -> str:
    from nudipole.models.naturalness import dirac_mass_MeV, largest_breaking

    scale = {"Lambda_TeV": args.Lambda_TeV, "estimate": args.estimate}
    delta = largest_breaking(args.mu_muB, args.mass_MeV, s_max=args.s_max, **scale)
    return _shown(args, m_nuN_without_MeV=dirac_mass_MeV(args.mu_muB, **scale), delta_max=delta)


def _seesaw(args: argparse.Namespace) -> str:
    from nudipole.models.seesaw import inverse_seesaw

    states = inverse_seesaw(args.m_nuN_MeV, args.m_N_MeV)
    return _shown(
        args,
        M_N_MeV=states.M_N_MeV,
        sin_theta=states.sin_theta,
        mu_light_heavy_muB=states.light_heavy_muB(args.mu_muB),
        mu_heavy_heavy_muB=states.heavy_heavy_muB(args.mu_muB),
    )


def _type_I(args: argparse.Namespace) -> str:
    from nudipole.models.seesaw import type_I_mass_MeV, type_I_sin_theta

    masses = (args.m_nuN_MeV, args.m_nu_eV)
    return _shown(args, M_N_MeV=type_I_mass_MeV(*masses), sin_theta=type_I_sin_theta(*masses))


def _mixing(args: argparse.Namespace) -> str:
    from nudipole.models.seesaw import dipole_over_mixing_muB

    return _shown(args, mu_nu_muB=dipole_over_mixing_muB(args.T_GeV, args.sin_theta))


def _lifetime(args: argparse.Namespace) -> str:
    from nudipole.models.lifetime import lifetime_line_muB, proper_lifetime_s

    if args.tau_s is None:
        return _shown(args, tau_N_s=proper_lifetime_s(args.mass_MeV, args.mu_muB, majorana=args.majorana))
    return _shown(args, mu_nu_muB=lifetime_line_muB(args.mass_MeV, tau_s=args.tau_s, majorana=args.majorana))
