"""Register intended edits of bundled tables: new SHA-256 and number of rows in the catalogue.

    python -m nudipole.data.register resources/catalog.yaml [NAME ...]

Without names, every altered table is registered. A table that breaks its contract is refused.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nudipole.data.bundled import read_table
from nudipole.data.catalog import Dataset, load_catalog
from nudipole.data.contract import check_contract
from nudipole.errors import DataError, NudipoleError
from nudipole.provenance.digest import file_sha256


def register(catalog_path: Path, names: Sequence[str] = ()) -> list[str]:
    """Rewrite the entries of the named (or all altered) tables; return the names of those that changed."""
    catalog = load_catalog(catalog_path)
    root = catalog_path.resolve().parent.parent
    text = catalog_path.read_text(encoding="utf-8")
    changed = []
    for dataset in [catalog.dataset(name) for name in names] if names else catalog.datasets:
        path = root / dataset.path
        if not path.is_file():
            raise DataError(f"dataset '{dataset.name}': {dataset.path} is missing below {root}")
        sha256 = file_sha256(path)
        if sha256 == dataset.sha256:
            continue
        frame = read_table(path, dataset)
        check_contract(frame, replace(dataset, rows=len(frame)))
        text = rewrite_entry(text, dataset, sha256=sha256, rows=len(frame))
        changed.append(dataset.name)
    if changed:
        catalog_path.write_text(text, encoding="utf-8")
    return changed


def rewrite_entry(text: str, dataset: Dataset, *, sha256: str, rows: int) -> str:
    """The text of the catalogue with one entry's SHA-256 and rows replaced; comments and layout stay."""
    start = re.search(rf"^  - name: {re.escape(dataset.name)}$", text, flags=re.MULTILINE)
    if start is None:
        raise DataError(f"catalogue: entry '{dataset.name}' does not start with a line '  - name: {dataset.name}'")
    following = re.compile(r"^  - ", flags=re.MULTILINE).search(text, start.end())
    end = following.start() if following else len(text)
    entry = text[start.start() : end]
    # The SHA-256 of the bundled table occurs once; the one of the remote original is another number.
    entry, hashes = re.subn(rf"\b{dataset.sha256}\b", sha256, entry, count=1)
    entry, counts = re.subn(rf"^(    rows:) {dataset.rows}$", rf"\1 {rows}", entry, flags=re.MULTILINE)
    if (hashes, counts) != (1, 1):
        raise DataError(f"catalogue, entry '{dataset.name}': the lines 'sha256:' and '    rows:' were not found")
    return text[: start.start()] + entry + text[end:]


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: 0 when all is registered, 1 with a message otherwise."""
    parser = argparse.ArgumentParser(prog="python -m nudipole.data.register", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("catalog", type=Path, help="the catalogue, resources/catalog.yaml")
    parser.add_argument("names", nargs="*", metavar="NAME", help="datasets to register; default: all altered ones")
    options = parser.parse_args(arguments)
    try:
        changed = register(options.catalog, options.names)
    except NudipoleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"registered: {', '.join(changed)}" if changed else "nothing to register: no table was altered")
    return 0


if __name__ == "__main__":
    sys.exit(main())
