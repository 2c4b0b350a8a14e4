"""One table of all comparisons, with what was measured of scaling and of the whole workflow: JSON, Markdown, picture.

`python -m benchmarks.collect [FOLDER]` does so again from what is there.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]
FIELDS = ("name", "case", "ours_s", "alternative", "alternative_s", "ratio", "relative_error")
OUTPUT = Path(__file__).resolve().parents[1] / "results" / "benchmarks"
PARTS = "parts"
TITLES = {
    "scaling": "Scaling with the number of points: seconds = fixed + seconds per point * points^exponent",
    "workflow": "The whole workflow, with its share of everything that is not a kernel",
    "memory": "Memory and time of the rules",
    "storage": "Parquet tables with a row a point",
}
"""Further tables, where they were measured: NAME.json beside the comparisons."""


def merged(parts: Iterable[list[Row]]) -> list[Row]:
    """Return the rows of all parts, each comparison once: the first part that has it wins."""
    found: dict[tuple[str, str, str], Row] = {}
    for row in (row for part in parts for row in part):
        found.setdefault((row["name"], row["case"], row["alternative"]), row)
    return sorted(found.values(), key=lambda row: (row["name"], row["case"]))


def as_markdown(rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as a Markdown table, with the columns of the first."""
    rows = list(rows)
    columns = list(rows[0]) if rows else list(FIELDS)
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    for row in rows:
        lines.append("| " + " | ".join(map(_cell, row.values())) + " |")
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return "not measured"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def collect(folder: Path) -> str:
    """Write benchmarks.json, benchmarks.md and the picture from the parts in a folder; return the Markdown."""
    from benchmarks.picture import draw

    # those of this environment before those with a tag
    parts = sorted((folder / PARTS).glob("*.json"), key=lambda path: ("-" in path.stem, path.stem))
    rows = merged(json.loads(path.read_text(encoding="utf-8")) for path in parts)
    (folder / "benchmarks.json").write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    text = "# Benchmarks\n\nMedian wall times, both sides in turns on one core.\n\n" + as_markdown(rows)
    further = {name: folder / f"{name}.json" for name in TITLES}
    tables = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in further.items() if path.is_file()}
    text += "".join(f"\n## {TITLES[name]}\n\n{as_markdown(table)}" for name, table in tables.items())
    (folder / "benchmarks.md").write_text(text, encoding="utf-8")
    draw(rows, tables.get("scaling", []), folder)
    return text


if __name__ == "__main__":
    print(collect(Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT), end="")
