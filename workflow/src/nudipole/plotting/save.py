"""Figures as files: the same bytes from the same inputs, with their provenance inside."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.style import context

from nudipole import __version__
from nudipole.errors import ConfigError, StorageError
from nudipole.plotting.style import RC

LAYOUT_TABLES = ("GSUB", "GPOS", "GDEF", "kern")


def save_figure(
    figure: Figure, path: Path, title: str, inputs_sha256: Mapping[str, str], rc: Mapping[str, Any] = RC
) -> None:
    """Write a figure as PDF, PNG or SVG by its suffix; the file appears complete or not at all.

    rc: the parameters of matplotlib with which the figure was drawn.
    """
    kind = path.suffix.lower().removeprefix(".")
    metadata = _metadata(kind, title, inputs_sha256)
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with context(dict(rc), after_reset=True), _without_layout_tables() if kind == "pdf" else nullcontext():
            figure.savefig(partial, format=kind, dpi=figure.dpi, metadata=metadata)
        os.replace(partial, path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise StorageError(f"cannot write {path}: {error.strerror or error}; free some space and run again") from None


@contextmanager
def _without_layout_tables() -> Iterator[None]:
    """Embed fonts without what places glyphs: they are in place, and those tables took half the time of a PDF."""
    from fontTools.subset import Options

    kept = Options._drop_tables_default
    Options._drop_tables_default = [*kept, *LAYOUT_TABLES]
    try:
        yield
    finally:
        Options._drop_tables_default = kept


def inputs_digest(inputs_sha256: Mapping[str, str]) -> str:
    """Return one sha256 for the names and contents of all inputs."""
    return sha256(json.dumps(dict(inputs_sha256), sort_keys=True).encode()).hexdigest()


def _metadata(kind: str, title: str, inputs_sha256: Mapping[str, str]) -> dict[str, Any]:
    """Return the provenance in the fields of a format, without the date that would change at every run."""
    software = f"nudipole {__version__}"
    inputs = f"inputs sha256 {inputs_digest(inputs_sha256)}"
    listed = json.dumps(dict(inputs_sha256), sort_keys=True)
    if kind == "pdf":
        return {"Title": title, "Creator": software, "Subject": inputs, "Keywords": listed, "CreationDate": None}
    if kind == "png":
        return {"Title": title, "Software": software, "Source": inputs, "Inputs": listed}
    if kind == "svg":
        return {"Title": title, "Creator": software, "Source": inputs, "Description": listed, "Date": None}
    raise ConfigError(f"{kind!r} is no format for a figure; choose pdf, png or svg")
