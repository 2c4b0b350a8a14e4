"""The command `info`: constraints, and data with their citations."""

import argparse
from typing import Any

from nudipole import __version__
from nudipole.cli import arguments
from nudipole.cli.output import as_json
from nudipole.cli.project import catalog_of, constraint_titles, project_root
from nudipole.config.load import load_config

DETAILS = """JSON: {version, constraints {name: title}, datasets [{name, title, citation, arxiv [], doi, licence, rows,
sha256, url}]}, null where a dataset has none.

examples:
  nudipole info
  nudipole info --json
"""


def add_command(commands: arguments.Commands) -> None:
    """Add the command."""
    parser = arguments.add_command(commands, "info", "constraints, and data with their citations", DETAILS)
    arguments.common(parser)
    parser.set_defaults(run=_info)


def _info(args: argparse.Namespace) -> str:
    root = project_root(args.project)
    datasets = catalog_of(root, load_config(root)).datasets
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
