"""The command `history`: temperatures, expansion and baryons of one point as a table for other codes."""

import argparse

from nudipole.cli import arguments, progress
from nudipole.cli.output import as_json, write_text
from nudipole.cli.project import bundled_tables, catalog_of, project_root
from nudipole.config.load import load_config
from nudipole.errors import DomainError

DETAILS = """Without --output the table goes to standard output. --mu-muB 0 is the standard model. The initial state is
that of cosmology.initial. The table is ACROPOLIS' cosmo_file.dat: t in s, T, dT/dt, T_nu, H and n_b in powers of MeV.

JSON: {M_N_MeV, mu_nu_muB, initial, Omega_b_h2, N_eff, tau_N_s, status, units {column: unit}, columns {column: []}},
tau_N_s null without N.

examples:
  nudipole history --mass-MeV 3 --mu-muB 1e-11 --output cosmo_file.dat
  nudipole history --mass-MeV 10 --mu-muB 2e-13 --down-to-MeV 1e-7 --output cosmo_file.dat
  nudipole history --mass-MeV 10 --mu-muB 1e-11 --set cosmology.initial=thermal --json
"""


def add_command(commands: arguments.Commands) -> None:
    """Add the command to the command line."""
    what = "thermal history of the early universe at one point, for other codes"
    parser = arguments.add_command(commands, "history", what, DETAILS)
    arguments.mass(parser)
    arguments.moment(parser)
    parser.add_argument("--points", type=int, default=2000, metavar="N", help="rows, equidistant in ln a (2000)")
    parser.add_argument(
        "--down-to-MeV",
        type=arguments.number,
        metavar="T",
        help="continue to this photon temperature with photons and neutrinos alone",
    )
    arguments.output(parser, "file to write")
    arguments.configuration(parser)
    arguments.common(parser)
    parser.set_defaults(run=_history)


def _history(args: argparse.Namespace) -> str:
    # imported here, so that --help does not wait for numba
    from nudipole.constraints.cosmology_inputs import cosmology_config
    from nudipole.constraints.cosmology_universe import universe
    from nudipole.cosmology.export import COLUMNS, cosmo_frame, cosmo_text, free_streaming

    root = project_root(args.project)
    config = load_config(root, args.config, args.set)
    choices = cosmology_config(config)
    scenario = choices.scenarios[0]
    early = universe(choices, scenario, bundled_tables(root, catalog_of(root, config)))
    with progress.shown(args, "history"):
        solved = early.background(args.mass_MeV, args.mu_muB) if args.mu_muB else early.standard().background
    point = f"M_N = {args.mass_MeV:g} MeV, mu_nu = {args.mu_muB:g} mu_B, initial state {scenario.label}"
    if solved.history is None:
        raise DomainError(f"the history was not solved ({solved.status}): {point}")
    history = solved.history
    if args.down_to_MeV is not None:
        history = free_streaming(history, args.down_to_MeV)
    frame = cosmo_frame(history, choices.Omega_b_h2, args.points)
    text = cosmo_text(frame, f"nudipole history: {point}, Omega_b h^2 = {choices.Omega_b_h2:g}")
    if args.output:
        write_text(text, args.output)
    if args.json:
        columns = {name: frame[name].tolist() for name in COLUMNS}
        return as_json({"M_N_MeV": args.mass_MeV, "mu_nu_muB": args.mu_muB, "initial": scenario.label,
                        "Omega_b_h2": choices.Omega_b_h2, "N_eff": solved.N_eff, "tau_N_s": _finite(solved.tau_N_s),
                        "status": str(solved.status), "units": COLUMNS, "columns": columns})  # fmt: skip
    return f"{point}: {len(frame)} rows in {args.output}" if args.output else text.rstrip("\n")


def _finite(value: float) -> float | None:
    """Return None for the infinite lifetime of the standard model: JSON has no infinity."""
    return value if value < float("inf") else None
