"""The command `compare`: two runs by their manifests."""

import argparse
from pathlib import Path

from nudipole.cli import arguments
from nudipole.cli.output import as_json
from nudipole.errors import DataError
from nudipole.provenance.comparison import comparison, differences
from nudipole.provenance.manifest import MANIFEST, read_manifest

DETAILS = """A run is named by its manifest.json or by the folder of its results or of its project. Compared are the
checksums of all results and, for the reason, those of inputs, code and locks, the configuration and the versions of
packages.

JSON: {same, results [line], reasons {part: [line]}}; `same` says that all results are the same bytes.

examples:
  nudipole compare published/results results
  nudipole compare old/manifest.json results/manifest.json --json
"""
PARTS = {
    "inputs_sha256": "inputs",
    "code_sha256": "code",
    "locks_sha256": "locks",
    "packages": "packages",
    "config": "configuration",
}


def add_command(commands: arguments.Commands) -> None:
    """Add the command."""
    parser = arguments.add_command(commands, "compare", "what differs between two runs, and why", DETAILS)
    parser.add_argument("first", type=Path, metavar="RUN", help="manifest or folder of a run")
    parser.add_argument("second", type=Path, metavar="RUN", help="that of the other")
    arguments.json_output(parser)
    parser.set_defaults(run=_compare)


def _compare(args: argparse.Namespace) -> str:
    old, new = (read_manifest(_manifest_path(path)) for path in (args.first, args.second))
    same, text = comparison(old, new)
    if not args.json:
        return text
    reasons = {name: list(differences(old, new, part)) for part, name in PARTS.items()}
    return as_json({"same": same, "results": list(differences(old, new, "results_sha256")), "reasons": reasons})


def _manifest_path(path: Path) -> Path:
    """Return the manifest that a path names; DataError if there is none."""
    if not path.is_dir():
        return path
    for candidate in (path / MANIFEST.name, path / MANIFEST):
        if candidate.is_file():
            return candidate
    raise DataError(f"{path} has no {MANIFEST.name} in it or in its results; name the folder of a finished run")
