"""`nudipole spectrum`: what a detector expects and has seen in its bins at one point, as a table and as a picture."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from nudipole.cli import arguments, progress
from nudipole.cli.output import as_json, write_text
from nudipole.cli.project import build_detector, project_root
from nudipole.config.load import load_config
from nudipole.errors import DomainError

if TYPE_CHECKING:
    import pandas as pd

    from nudipole.constraints.detector import DetectorConstraint

DETAILS = """Without signal, at the best fit and at the given moment, nuisances profiled in each.

JSON: {detector, rows [{experiment, variant, flavour, M_N_MeV, hypothesis (background | best_fit | chosen), mu_nu_muB,
bin_low, bin_high, observed, expected, signal, events_<component>, ...}]}, one row a bin and hypothesis; null for a
component that a hypothesis does not have.

examples:
  nudipole spectrum xenonnt --mass-MeV 0.1 --mu-muB 2e-11
  nudipole spectrum borexino --mass-MeV 0.4 --mu-muB 5e-11 --output borexino.png
  nudipole spectrum lz --mass-MeV 1 --mu-muB 1e-9 --flavour e --output lz.csv --json
"""
PICTURES, TABLES = (".png", ".pdf", ".svg"), (".csv",)
MANY_ROWS = 60


def add_command(commands: arguments.Commands) -> None:
    """Add the command."""
    what = "expected and observed events of a detector in its bins"
    parser = arguments.add_command(commands, "spectrum", what, DETAILS)
    parser.add_argument("detector", metavar="DETECTOR", help="name of a record in resources/detectors")
    arguments.mass(parser)
    arguments.moment(parser)
    arguments.flavour(parser)
    arguments.output(parser, f"picture or table ({', '.join((*PICTURES, *TABLES))})")
    arguments.configuration(parser)
    arguments.common(parser)
    parser.set_defaults(run=_spectrum)


def _spectrum(args: argparse.Namespace) -> str:
    if args.output is not None and args.output.suffix not in (*PICTURES, *TABLES):
        raise DomainError(f"--output must end in {', '.join((*PICTURES, *TABLES))}, got {args.output}")
    root = project_root(args.project)
    from nudipole.constraints.detector_fits import point_tables

    with progress.shown(args, f"spectrum {args.detector}"):
        constraint = build_detector(args.detector, root, load_config(root, args.config, args.set))
        spectra, fits = point_tables(constraint, args.flavour, args.mass_MeV, args.mu_muB)
    if args.output is not None:
        _write(args.output, constraint, spectra, fits, args.flavour)
    if args.json:
        # NaN: a component that another hypothesis does not have
        records = spectra.astype(object).where(spectra.notna(), None).to_dict(orient="records")
        return as_json({"detector": args.detector, "rows": records})
    return _text(constraint, spectra) + ("" if args.output is None else f"\nwritten: {args.output}")


def _write(
    path: Path, constraint: "DetectorConstraint", spectra: "pd.DataFrame", fits: "pd.DataFrame", flavour: str
) -> None:
    if path.suffix in TABLES:
        write_text(spectra.to_csv(index=False), path)
        return
    from nudipole.constraints.detector_tables import bin_unit
    from nudipole.plotting.save import save_figure
    from nudipole.plotting.spectrum import draw_spectrum

    figure = draw_spectrum(spectra, fits, flavour, bin_unit(constraint), constraint.experiment.label, "chosen")
    save_figure(figure, path, f"{constraint.experiment.label} spectrum", {})


def _text(constraint: "DetectorConstraint", spectra: "pd.DataFrame") -> str:
    """Return the chosen point beside the fit without signal; more rows than anyone reads are left out."""
    from nudipole.constraints.detector_tables import bin_unit

    null = spectra[spectra["hypothesis"] == "background"].reset_index(drop=True)
    chosen = spectra[spectra["hypothesis"] == "chosen"].reset_index(drop=True)
    table = chosen[["bin_low", "bin_high", "observed", "signal", "expected"]].assign(without_signal=null["expected"])
    head = chosen.iloc[0]
    lines = [
        f"{constraint.experiment.title}, variant {head['variant']}, flavour {head['flavour']}: "
        f"M_N = {head['M_N_MeV']:g} MeV, mu_nu = {head['mu_nu_muB']:g} mu_B; bins in {bin_unit(constraint)}",
        table.head(MANY_ROWS).to_string(index=False, float_format=lambda value: f"{value:.6g}"),
    ]
    if len(table) > MANY_ROWS:
        lines.append(f"... {len(table) - MANY_ROWS} more rows; --output FILE.csv has all")
    return "\n".join(lines)
