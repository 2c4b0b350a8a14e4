"""`make archive`: python -m nudipole.archive.write [CONFIG ...]."""

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nudipole.archive.content import CONFIG, NAME, Content, content_of
from nudipole.archive.crate import METADATA, Run, crate_text
from nudipole.archive.tar import pack
from nudipole.archive.zenodo import zenodo_text
from nudipole.config.load import load_config
from nudipole.errors import NudipoleError
from nudipole.provenance.job import PROJECT
from nudipole.provenance.manifest import MANIFEST
from nudipole.safe_yaml import load_yaml

TARGET = Path(f"dist/{NAME}.tar.gz")


def write_archive(root: Path, overlays: Sequence[Path], target: Path) -> Content:
    """Write the archive of the run in a project's folder; return what it holds.

    Its date is SOURCE_DATE_EPOCH or that of the manifest, so the same run gives the same bytes.
    """
    content = content_of(root, load_config(root, list(overlays), []))
    date = int(os.environ.get("SOURCE_DATE_EPOCH") or (root / MANIFEST).stat().st_mtime)
    run = Run(date, platform.python_version(), f"{sys.platform} {platform.machine()}")
    citation = load_yaml((root / "CITATION.cff").read_text(encoding="utf-8"))
    content = replace(content, texts={**content.texts, ".zenodo.json": zenodo_text(citation)})
    texts = {**content.texts, METADATA: crate_text(content, citation, run)}
    pack(content.files, texts, NAME, date, target)
    return content


def main(words: Sequence[str] | None = None) -> int:
    """Write the archive and say what is in it."""
    parser = argparse.ArgumentParser(prog="python -m nudipole.archive.write", description=__doc__)
    parser.add_argument("config", nargs="*", type=Path, help="configuration laid over config/config.yaml for the run")
    parser.add_argument("--output", type=Path, default=TARGET)
    args = parser.parse_args(words)
    try:
        content = write_archive(PROJECT, args.config, args.output)
    except NudipoleError as error:
        print(f"nudipole: {error}", file=sys.stderr)
        return 1
    megabytes = args.output.stat().st_size / 1e6
    print(f"{args.output}: {len(content.files)} files, of which {len(content.results)} results; {megabytes:.1f} MB")
    print(f"the run can be repeated with {CONFIG}: make verify ARCHIVE={args.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
