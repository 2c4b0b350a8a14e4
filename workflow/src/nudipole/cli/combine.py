"""The command `combine`: limits of several detectors together, from the stored likelihood surfaces of a run."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nudipole.cli import arguments, progress
from nudipole.cli.output import as_json, write_text
from nudipole.cli.project import project_root, results_folder
from nudipole.config.detectors import experiments, load_records
from nudipole.config.load import load_config
from nudipole.errors import DataError, DomainError

if TYPE_CHECKING:
    import pandas as pd

    from nudipole.config.model import Grid
    from nudipole.detectors.record import Experiment
    from nudipole.likelihood.edges import Criterion
    from nudipole.limits.combined import CombinedEdges, Surface

DETAILS = """\
Delta(-2 ln L) of results/likelihood/EXPERIMENT.parquet is added at every mass of any surface; the limit is read
above the minimum over mu >= 0. Any confidence level, nothing is fitted again. The surfaces are profiled over the
nuisances of their own experiment: the solar fluxes, which all share, are fitted by each for itself, as if each had a
Sun of its own. `liquid_xenon` is the joint fit of XENONnT, LZ and PandaX-4T with common fluxes. Edges are interpolated
between the stored moments: with ten a decade mostly to 0.1 %, to 1.5 % where several backgrounds of Borexino reach zero
at once.

JSON: {constraint, experiments [], flavour, confidence_level, statistic, limits [{M_N_MeV, excluded [{low, high,
low_status, high_status}], preferred [{low, high}]}]}. The table has the columns of results/limits.parquet: status
off_grid_high where nothing is excluded up to the largest stored moment.

examples:
  nudipole combine xenonnt lz pandax4t
  nudipole combine xenonnt borexino --confidence-level 0.95 --flavour e --output combined.csv
  nudipole combine liquid_xenon --confidence-level 0.99 --interval one_sided --json
"""
SUFFIXES = (".csv", ".parquet")
INTERVALS = ("two_sided", "one_sided")
VARIANT = "surfaces"
DENSE = 8.0
"""Moments a decade that the accuracy in the help is meant for, with room for rounding."""


def add_command(commands: arguments.Commands) -> None:
    """Add the command."""
    what = "limit of several detectors together from their stored surfaces"
    parser = arguments.add_command(commands, "combine", what, DETAILS)
    one = "experiment with a surface in results/likelihood"
    parser.add_argument("experiments", nargs="+", metavar="EXPERIMENT", help=one)
    arguments.results(parser)
    arguments.flavour(parser)
    level = "between 0.5 and 1 (default: 0.9)"
    parser.add_argument("--confidence-level", type=arguments.number, default=0.9, metavar="P", help=level)
    kind = "chi^2 quantile with one parameter, or the one-sided quantile (default: two_sided)"
    parser.add_argument("--interval", choices=INTERVALS, default=INTERVALS[0], help=kind)
    arguments.output(parser, f"table to write ({', '.join(SUFFIXES)})")
    arguments.common(parser)
    parser.set_defaults(run=_combine)


def _combine(args: argparse.Namespace) -> str:
    if args.output is not None and args.output.suffix not in SUFFIXES:
        raise DomainError(f"--output must end in {', '.join(SUFFIXES)}, got {args.output}")
    root, folder = project_root(args.project), results_folder(args)
    parts = _experiments(root, args.experiments)
    with progress.shown(args, "combine"):
        from nudipole.likelihood.edges import Criterion
        from nudipole.likelihood.intervals import IntervalKind
        from nudipole.limits.combined import combined_edges

        criterion = Criterion(args.confidence_level, IntervalKind(args.interval))
        words = _statistic(parts, criterion)
        surfaces = [_surface(folder, name, args.flavour) for name in args.experiments]
        edges = combined_edges(surfaces, criterion)
    if args.progress is not False:
        for note in _notes(surfaces, edges):
            print(f"nudipole: note: {note}", file=sys.stderr)
    frame = _frame(args, words, parts, surfaces, edges)
    if args.output is not None:
        _write(args.output, frame, folder, args)
    if args.json:
        return as_json(_content(args, words, surfaces, edges))
    return _text(args, words, frame) + ("" if args.output is None else f"\nwritten: {args.output}")


def _experiments(root: Path, names: Sequence[str]) -> list["Experiment"]:
    """Return the default variant of each record; DomainError if data would count twice."""
    records = load_records(root, load_config(root))
    for name in names:
        if name not in records:
            raise DomainError(f"{name!r} is no detector; choose of {', '.join(records)}")
    chosen = [experiments(name, records)[0] for name in names]
    for one, other in combinations(chosen, 2):
        shared = {part.name for part in one.parts} & {part.name for part in other.parts}
        if shared:
            raise DomainError(
                f"{one.name} and {other.name} both hold the data of {', '.join(sorted(shared))}, which would count "
                f"twice; leave one of them out"
            )
    return chosen


def _statistic(parts: Sequence["Experiment"], criterion: "Criterion") -> str:
    from nudipole.limits.table import PROJECTION

    words = criterion.words + (f", stored surfaces of {len(parts)} experiments added" if len(parts) > 1 else "")
    return f"{PROJECTION}, median expected: {words}" if any(part.projection for part in parts) else words


def _surface(folder: Path, experiment: str, flavour: str) -> "Surface":
    from nudipole.limits.combined import surface_of
    from nudipole.provenance.tables import read_table

    path = folder / "likelihood" / f"{experiment}.parquet"
    if not path.is_file():
        have = ", ".join(sorted(each.stem for each in path.parent.glob("*.parquet"))) or "none"
        raise DataError(
            f"{path} does not exist; there are the surfaces of: {have}. Add {experiment} to detectors.experiments in "
            f"the configuration and run the workflow"
        )
    return surface_of(read_table(path), experiment, flavour)


def _notes(surfaces: Sequence["Surface"], edges: Sequence["CombinedEdges"]) -> list[str]:
    """Return what the numbers do not say themselves."""
    from nudipole.limits.combined import moments_per_decade

    notes = []
    fewest = min(moments_per_decade(surface) for surface in surfaces)
    if fewest < DENSE:
        notes.append(
            f"the surfaces have {fewest:.1f} moments a decade: edges between them are interpolated to some per cent, "
            f"at worst 20 %; raise grid.mu_nu_points for ten a decade"
        )
    beyond = [edge.M_N_MeV for edge in edges if not edge.best_fit_on_grid]
    if beyond:
        notes.append(
            f"at {len(beyond)} masses from {min(beyond):.4g} to {max(beyond):.4g} MeV the best fit lies above the "
            f"largest stored moment: no edge is read there; raise grid.mu_nu_max_muB"
        )
    return notes


def _grid(surfaces: Sequence["Surface"], edges: Sequence["CombinedEdges"]) -> "Grid":
    """Return the plane on which edges are known."""
    from nudipole.config.model import Grid

    masses = [edge.M_N_MeV for edge in edges]
    low, high = max(s.mu_nu_muB[0] for s in surfaces), min(s.mu_nu_muB[-1] for s in surfaces)
    return Grid(min(masses), max(masses), len(masses), low, high, min(len(s.mu_nu_muB) for s in surfaces))


def _frame(
    args: argparse.Namespace,
    words: str,
    parts: Sequence["Experiment"],
    surfaces: Sequence["Surface"],
    edges: Sequence["CombinedEdges"],
) -> "pd.DataFrame":
    import numpy as np

    from nudipole.limits.intervals import interval_curves
    from nudipole.limits.table import Label, curves_frame

    cited = dict.fromkeys(each for part in parts for each in part.citation)
    reference = "computed; data " + ", ".join(cited)
    name = "+".join(args.experiments)
    label = Label(name, VARIANT, True, args.flavour, args.confidence_level, words, "computed", reference)
    masses = np.array([edge.M_N_MeV for edge in edges])
    intervals = [(edge.lower_muB, edge.upper_muB) for edge in edges]
    grid = _grid(surfaces, edges)
    return curves_frame(interval_curves(label, masses, intervals, grid.mu_nu_min_muB, grid.mu_nu_max_muB))


def _write(path: Path, frame: "pd.DataFrame", folder: Path, args: argparse.Namespace) -> None:
    from nudipole.limits.table import UNITS
    from nudipole.provenance.digest import file_sha256
    from nudipole.provenance.tables import TableInfo, write_table

    if path.suffix == ".csv":
        write_text(frame.to_csv(index=False), path)
        return
    tables = [folder / "likelihood" / f"{name}.parquet" for name in args.experiments]
    inputs = {f"results/likelihood/{table.name}": file_sha256(table) for table in tables}
    citations = (str(frame["reference"].iloc[0]),)
    write_table(frame, path, TableInfo(f"Combined limit of {', '.join(args.experiments)}", UNITS, citations, inputs))


def _content(
    args: argparse.Namespace, words: str, surfaces: Sequence["Surface"], edges: Sequence["CombinedEdges"]
) -> Mapping[str, Any]:
    """Return the JSON: at each mass what `nudipole limit` gives."""
    from nudipole.constraints.base import range_on_grid

    grid, limits = _grid(surfaces, edges), []
    for edge in edges:
        excluded = [asdict(each) for each in range_on_grid(edge.upper_muB, inf, grid)]
        inside = () if edge.lower_muB is None else range_on_grid(edge.lower_muB, edge.upper_muB, grid)
        preferred = [{"low": each.low, "high": each.high} for each in inside]
        limits.append({"M_N_MeV": edge.M_N_MeV, "excluded": excluded, "preferred": preferred})
    return {
        "constraint": "+".join(args.experiments),
        "experiments": list(args.experiments),
        "flavour": args.flavour,
        "confidence_level": args.confidence_level,
        "statistic": words,
        "limits": limits,
    }


def _text(args: argparse.Namespace, words: str, frame: "pd.DataFrame") -> str:
    """Return the floor of each mass, and the lower edge of the interval where there is one."""
    from nudipole.limits.table import Edge

    floor = frame[frame["edge"] == str(Edge.FLOOR)]
    lower = frame[frame["edge"] == str(Edge.PREFERRED_LOW)].set_index("M_N_MeV")["mu_nu_muB"]
    lines = [
        f"{', '.join(args.experiments)} together, flavour {args.flavour}",
        f"  {args.confidence_level:.4g} CL, {words}",
        f"  {'M_N [MeV]':>12} {'lower [mu_B]':>14} {'limit [mu_B]':>14}",
    ]
    for M_N_MeV, mu_nu_muB, status in zip(floor["M_N_MeV"], floor["mu_nu_muB"], floor["status"], strict=True):
        low = f"{lower[M_N_MeV]:.5g}" if M_N_MeV in lower.index else "-"
        high = f"{mu_nu_muB:.5g}" if status == "ok" else str(status)
        lines.append(f"  {M_N_MeV:>12.6g} {low:>14} {high:>14}")
    return "\n".join(lines)
