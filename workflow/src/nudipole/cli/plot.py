"""The command `plot`: the parameter space from the results of a run, with one's own curves on top."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nudipole.cli import arguments, progress
from nudipole.cli.output import as_json
from nudipole.cli.project import project_root, results_folder
from nudipole.config.load import load_config
from nudipole.errors import DataError, DomainError

if TYPE_CHECKING:
    import pandas as pd

    from nudipole.plotting.own_curves import OwnCurve, OwnPoint

DETAILS = """\
Constraints and variants are those of results/limits.parquet; published limits are pub_<key>. Naming --constraints
draws these alone. A curve is a CSV file with the columns M_N_MeV and mu_nu_muB (or d_per_GeV = mu/2); without a header
the first two columns; # starts a comment, a row without a moment interrupts the curve. `nudipole combine --output
F.csv` writes such a file. --style lays a file over config/style.yaml. What else is drawn is set by `figures` in the
configuration, for example --set 'figures.lifetimes_s=[1, 1e4]'.

JSON: {output, flavour, constraints [], curves [{label, file, points}], points [{label, M_N_MeV, mu_nu_muB}]}.

examples:
  nudipole plot --output mine.pdf
  nudipole plot --curve my_limit.csv:mine --point 0.4,5e-11:benchmark --output mine.png
  nudipole plot --flavour e --constraints xenonnt,borexino,stellar --M-N-range-MeV 0.01 10 --output few.svg
  nudipole plot --without bbn,cmb --variant xenon1t=no_tritium --output no_cosmology.pdf --json
"""
SUFFIXES = (".pdf", ".png", ".svg")


def add_command(commands: arguments.Commands) -> None:
    """Add the command."""
    parser = arguments.add_command(commands, "plot", "figure from results with your own curves on top", DETAILS)
    arguments.results(parser)
    arguments.flavour(parser)
    only = "constraints to draw, separated by commas (default: all)"
    parser.add_argument("--constraints", type=arguments.names, default=(), metavar="A,B", help=only)
    parser.add_argument("--without", type=arguments.names, default=(), metavar="A,B", help="constraints to leave out")
    variant = "draw a constraint in another variant; repeat for others"
    parser.add_argument("--variant", action="append", default=[], metavar="CONSTRAINT=VARIANT", help=variant)
    for name, what in (("--M-N-range-MeV", "masses"), ("--mu-nu-range-muB", "moments")):
        text = f"range of {what} (default: that of the configuration)"
        parser.add_argument(name, type=arguments.number, nargs=2, metavar=("LO", "HI"), help=text)
    parser.add_argument("--curve", action="append", default=[], metavar="F[:LABEL]", help="draw a curve; repeat")
    parser.add_argument("--point", action="append", default=[], metavar="M_N,MU[:LABEL]", help="draw a point; repeat")
    parser.add_argument("--style", type=Path, metavar="F", help="file laid over config/style.yaml")
    arguments.output(parser, f"figure to write ({', '.join(SUFFIXES)})", required=True)
    arguments.configuration(parser)
    arguments.common(parser)
    parser.set_defaults(run=_plot)


def _plot(args: argparse.Namespace) -> str:
    if args.output.suffix not in SUFFIXES:
        raise DomainError(f"--output must end in {', '.join(SUFFIXES)}, got {args.output}")
    root, folder = project_root(args.project), results_folder(args)
    config = load_config(root, args.config, args.set)
    style = _style(root, args.style, config["figures"]["style"])
    from nudipole.plotting.own_curves import chosen_limits, draw_own_figure
    from nudipole.plotting.save import save_figure
    from nudipole.plotting.style import style_of

    with progress.shown(args, "plot"):
        curves, points = [_curve(text) for text in args.curve], [_point(text) for text in args.point]
        limits, sources = (_table(folder / name) for name in ("limits.parquet", "limits/published_sources.parquet"))
        shown = chosen_limits(limits, args.constraints, args.without, _variants(args.variant))
        looks = style_of(style)
        own: list[OwnCurve | OwnPoint] = [*(curve for _, curve in curves), *points]
        figure = draw_own_figure(shown, sources, args.flavour, _options(args, config), looks, own)
        digests = _digests(folder, [path for path, _ in curves])
        save_figure(figure, args.output, f"Neutrino dipole portal, {args.flavour}", digests, looks.rc)
    if args.json:
        return as_json(_content(args, shown, curves, points))
    return f"written: {args.output}"


def _style(root: Path, chosen: Path | None, configured: str | None) -> dict[str, Any]:
    """Return the style; a file named on the command line counts from the current folder."""
    from nudipole.config.figure_style import load_style

    return load_style(root, configured if chosen is None else chosen.absolute())


def _options(args: argparse.Namespace, config: dict[str, Any]) -> dict[str, Any]:
    options = dict(config["figures"])
    for key in ("M_N_range_MeV", "mu_nu_range_muB"):
        chosen = getattr(args, key)
        if chosen is None:
            continue
        low, high = chosen
        if not 0.0 < low < high < float("inf"):
            name = "--" + key.replace("_", "-")
            raise DomainError(f"{name} is {low:g} {high:g}; it needs two positive numbers, the smaller one first")
        options[key] = chosen
    return options


def _variants(texts: list[str]) -> dict[str, str]:
    variants = {}
    for text in texts:
        constraint, separator, variant = text.partition("=")
        if not (constraint and separator and variant):
            raise DomainError(f"--variant {text!r} is not of the form constraint=variant, such as xenon1t=no_tritium")
        variants[constraint] = variant
    return variants


def _curve(text: str) -> tuple[Path, "OwnCurve"]:
    """Return file and curve of `file` or `file:label`; a file whose name has a colon is found too."""
    from nudipole.plotting.own_curves import curve_from_csv

    whole, (name, _, label) = Path(text), text.rpartition(":")
    path, shown = (whole, whole.stem) if whole.is_file() or not name else (Path(name), label)
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(f"--curve: there is no file {path}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"--curve: {path} cannot be read as text ({error})") from None
    return path, curve_from_csv(content, str(path), shown)


def _point(text: str) -> "OwnPoint":
    from nudipole.plotting.own_curves import OwnPoint

    place, _, label = text.partition(":")
    try:
        M_N_MeV, mu_nu_muB = (float(cell) for cell in place.split(","))
    except ValueError:
        raise DomainError(f"--point {text!r} is not of the form M_N,mu or M_N,mu:label, such as 0.4,5e-11") from None
    if not (0.0 < M_N_MeV < float("inf") and 0.0 < mu_nu_muB < float("inf")):
        raise DomainError(f"--point {text!r}: mass [MeV] and moment [mu_B] must be positive and finite")
    return OwnPoint(label, M_N_MeV, mu_nu_muB)


def _table(path: Path) -> "pd.DataFrame":
    from nudipole.provenance.tables import read_table

    return read_table(path)


def _digests(folder: Path, curves: list[Path]) -> dict[str, str]:
    """Return the sha256 of what the figure is made from, by names without the folder they are in."""
    from nudipole.provenance.digest import file_sha256

    return {"limits.parquet": file_sha256(folder / "limits.parquet")} | {p.name: file_sha256(p) for p in curves}


def _content(
    args: argparse.Namespace,
    shown: "pd.DataFrame",
    curves: list[tuple[Path, "OwnCurve"]],
    points: list["OwnPoint"],
) -> dict[str, Any]:
    rows = shown[shown["flavour"] == args.flavour]
    return {
        "output": str(args.output),
        "flavour": args.flavour,
        "constraints": [str(name) for name in rows["constraint"].unique()],
        "curves": [
            {"label": c.label, "file": str(path), "points": sum(len(piece.M_N_MeV) for piece in c.pieces)}
            for path, c in curves
        ],
        "points": [{"label": p.label, "M_N_MeV": p.M_N_MeV, "mu_nu_muB": p.mu_nu_muB} for p in points],
    }
