"""Files that another configuration has left in the folder of results."""

from collections.abc import Collection, Sequence
from pathlib import Path

NOT_RESULTS = ("logs", "benchmarks", "report.html")
"""What a run keeps beside its results: of this run or of earlier ones, no number is taken from it."""
SHOWN = 10


def leftovers(folder: Path, made: Collection[str]) -> tuple[str, ...]:
    """Return the files below a folder of results that are neither made by a run nor in a folder that it makes."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    candidates = (path for path in files if path.relative_to(folder).parts[0] not in NOT_RESULTS)
    others = (path for path in candidates if not any(str(place) in made for place in (path, *path.parents)))
    return tuple(sorted(str(path) for path in others))


def leftovers_message(found: Sequence[str]) -> str:
    """Return a sentence about files that do not belong to a run."""
    listing = "\n  ".join(found[:SHOWN]) + (f"\n  and {len(found) - SHOWN} more" if len(found) > SHOWN else "")
    return (
        f"{len(found)} file(s) in results/ are not of this configuration; results/manifest.json and the report leave "
        f"them out. Delete what you do not need:\n  {listing}"
    )
