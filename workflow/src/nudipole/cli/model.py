"""`nudipole model`: what models give for the moment, its Dirac mass and its mixing, with the formula behind it."""

import argparse
from typing import Any

from nudipole.cli import arguments
from nudipole.cli.output import as_json

EXAMPLES = """examples:
  nudipole model leptoquark --y1y2 0.05 --M-LQ-TeV 1
  nudipole model leptoquark --y1y2 0.05 --M-LQ-TeV 1 --formula talk --json
  nudipole model naturalness --mu-muB 1e-11 --Lambda-TeV 1
  nudipole model naturalness --mass-MeV 100 --s-max 1e-3 --Lambda-TeV 1 --delta 0.01
  nudipole model seesaw --m-nuN-MeV 1 --m-N-MeV 100 --mu-muB 1e-11
  nudipole model type-I --m-nuN-MeV 1 --m-nu-eV 0.05
  nudipole model mixing --T-GeV 1 --sin-theta 1e-3
  nudipole model lifetime --mass-MeV 1 --mu-muB 1e-11
"""


def add_command(commands: Any) -> None:
    """Add the verb with one word for each model."""
    raw = argparse.RawDescriptionHelpFormatter
    verb = commands.add_parser("model", help="moment, mass and mixing in models", epilog=EXAMPLES, formatter_class=raw)
    models = verb.add_subparsers(dest="model", required=True, metavar="MODEL")

    leptoquark = _model(models, "leptoquark", "moment from a scalar leptoquark and bottom quark in a loop", _leptoquark)
    _number(leptoquark, "--y1y2", "product of its couplings", required=True)
    _number(leptoquark, "--M-LQ-TeV", "its mass", required=True)
    _number(leptoquark, "--m-b-GeV", "mass of the bottom quark (default: 4.18)", default=4.18)
    formula = "full loop, or its logarithm with twice the prefactor (default: one-loop)"
    leptoquark.add_argument("--formula", choices=("one-loop", "talk"), default="one-loop", help=formula)

    natural = _model(models, "naturalness", "Dirac mass of a moment, or natural moment for a mixing", _naturalness)
    what = natural.add_mutually_exclusive_group(required=True)
    what.add_argument("--mu-muB", type=arguments.number, metavar="Y", help="moment: gives the Dirac mass")
    what.add_argument("--mass-MeV", type=arguments.number, metavar="X", help="mass of N: gives the natural moment")
    _number(natural, "--Lambda-TeV", "scale of new physics", required=True)
    _number(natural, "--s-max", "largest mixing (default: 1)", default=1.0)
    _number(natural, "--delta", "breaking of Voloshin's symmetry, 1 without it (default: 1)", default=1.0)
    convention = "order-one convention of the mass, half: half of it (default: loop)"
    natural.add_argument("--estimate", choices=("loop", "half"), default="loop", help=convention)

    seesaw = _model(models, "seesaw", "inverse seesaw: mass, mixing and moments of N", _seesaw)
    _number(seesaw, "--m-nuN-MeV", "Dirac mass with the light neutrino", required=True)
    _number(seesaw, "--m-N-MeV", "Dirac mass of N itself", required=True)
    _number(seesaw, "--mu-muB", "moment before mixing (default: 1e-11)", default=1e-11)

    type_I = _model(models, "type-I", "mass of N in the type-I seesaw", _type_I)
    _number(type_I, "--m-nuN-MeV", "Dirac mass", required=True)
    _number(type_I, "--m-nu-eV", "mass of the light neutrino (default: 0.05)", default=0.05)

    mixing = _model(models, "mixing", "moment above which the dipole makes N faster than mixing", _mixing)
    _number(mixing, "--T-GeV", "energy or temperature", required=True)
    _number(mixing, "--sin-theta", "mixing", required=True)

    lifetime = _model(models, "lifetime", "proper lifetime of N by its decay to a neutrino and a photon", _lifetime)
    arguments.mass(lifetime)
    arguments.moment(lifetime)
    lifetime.add_argument("--majorana", action="store_true", help="Majorana N: half the lifetime")


def _model(models: Any, name: str, text: str, run: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = models.add_parser(name, help=text, description=text)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)
    return parser


def _number(parser: argparse.ArgumentParser, name: str, text: str, **options: Any) -> None:
    parser.add_argument(name, type=arguments.number, metavar="X", help=text, **options)


def _shown(args: argparse.Namespace, quantities: dict[str, float], units: dict[str, str]) -> str:
    """Return quantities with their units as JSON or as lines."""
    if args.json:
        return as_json({"model": args.model, "quantities": quantities, "units": units})
    return "\n".join(f"{name:<18} {value:>14.6g} {units[name]}".rstrip() for name, value in quantities.items())


def _leptoquark(args: argparse.Namespace) -> str:
    from nudipole.models import leptoquark

    point, m_b_GeV = (args.y1y2, args.M_LQ_TeV), args.m_b_GeV
    quantities = {
        "mu_nu_muB": float(leptoquark.moment_muB(*point, m_b_GeV=m_b_GeV, formula=args.formula)),
        "m_nuN_MeV": float(leptoquark.dirac_mass_MeV(*point, m_b_GeV=m_b_GeV)),
    }
    return _shown(args, quantities, {"mu_nu_muB": "mu_B", "m_nuN_MeV": "MeV"})


def _naturalness(args: argparse.Namespace) -> str:
    from nudipole.models import naturalness

    scale = {"Lambda_TeV": args.Lambda_TeV, "delta": args.delta, "estimate": args.estimate}
    if args.mu_muB is not None:
        return _shown(
            args, {"m_nuN_MeV": float(naturalness.dirac_mass_MeV(args.mu_muB, **scale))}, {"m_nuN_MeV": "MeV"}
        )
    moment = float(naturalness.natural_moment_muB(args.mass_MeV, s_max=args.s_max, **scale))
    return _shown(args, {"mu_nat_muB": moment}, {"mu_nat_muB": "mu_B"})


def _seesaw(args: argparse.Namespace) -> str:
    from nudipole.models.seesaw import inverse_seesaw

    states = inverse_seesaw(args.m_nuN_MeV, args.m_N_MeV)
    quantities = {
        "M_N_MeV": float(states.M_N_MeV),
        "sin_theta": float(states.sin_theta),
        "mu_light_heavy_muB": float(states.light_heavy_muB(args.mu_muB)),
        "mu_heavy_heavy_muB": float(states.heavy_heavy_muB(args.mu_muB)),
    }
    units = {"M_N_MeV": "MeV", "sin_theta": "", "mu_light_heavy_muB": "mu_B", "mu_heavy_heavy_muB": "mu_B"}
    return _shown(args, quantities, units)


def _type_I(args: argparse.Namespace) -> str:
    from nudipole.models.seesaw import type_I_mass_MeV

    return _shown(args, {"M_N_MeV": float(type_I_mass_MeV(args.m_nuN_MeV, args.m_nu_eV))}, {"M_N_MeV": "MeV"})


def _mixing(args: argparse.Namespace) -> str:
    from nudipole.models.seesaw import dipole_over_mixing_muB

    moment = float(dipole_over_mixing_muB(args.T_GeV, args.sin_theta))
    return _shown(args, {"mu_nu_muB": moment}, {"mu_nu_muB": "mu_B"})


def _lifetime(args: argparse.Namespace) -> str:
    from nudipole.models.checks import positive
    from nudipole.units import lifetime_s

    mass, moment = float(positive("--mass-MeV", args.mass_MeV)), float(positive("--mu-muB", args.mu_muB))
    return _shown(args, {"tau_N_s": lifetime_s(mass, moment, majorana=args.majorana)}, {"tau_N_s": "s"})
