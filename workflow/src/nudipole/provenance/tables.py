"""Parquet tables that say where they come from."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nudipole import __version__
from nudipole.errors import DataError, StorageError

METADATA_KEY = b"nudipole"


@dataclass(frozen=True)
class TableInfo:
    """Provenance of a table: title, unit of each column (1 for none), citations, inputs, configuration."""

    title: str
    units: Mapping[str, str]
    citations: tuple[str, ...] = ()
    inputs_sha256: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    config_digest: str = ""
    package_version: str = __version__


def _checked(frame: pd.DataFrame, info: TableInfo, path: Path) -> pa.Table:
    missing = [name for name in frame.columns if name not in info.units]
    if missing:
        raise DataError(f"{path}: no unit given for column(s) {', '.join(missing)}")
    table = pa.Table.from_pandas(frame, preserve_index=False)
    fields = [column.with_metadata({b"unit": info.units[column.name].encode()}) for column in table.schema]
    metadata = {METADATA_KEY: json.dumps(asdict(info), sort_keys=True).encode()}
    return table.cast(pa.schema(fields, metadata=metadata))


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a path to write to; the file appears at `path` complete or not at all."""
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        os.replace(partial, path)
    except OSError as error:
        raise StorageError(
            f"cannot write {path}: {error.strerror or error}; free some space or correct the permissions, and run again"
        ) from None
    finally:
        with suppress(OSError):
            partial.unlink()


def write_text(text: str, path: Path) -> None:
    """Write a text file, complete or not at all."""
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_table(frame: pd.DataFrame, path: Path, info: TableInfo) -> None:
    """Write a table with its provenance, complete or not at all."""
    table = _checked(frame, info, path)
    with whole_file(path) as partial:
        pq.write_table(table, partial, compression="zstd")


def read_table(path: Path) -> pd.DataFrame:
    """Return a table; DataError if it is missing or not readable as Parquet."""
    try:
        frame: pd.DataFrame = pq.read_table(path).to_pandas()
    except FileNotFoundError:
        raise DataError(f"{path} does not exist; run the workflow to make it") from None
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{path} is not a readable Parquet table ({error}); delete it and run again") from None
    return frame


def read_info(path: Path) -> dict[str, Any]:
    """Return the provenance stored in a table of this package."""
    metadata = pq.read_schema(path).metadata or {}
    if METADATA_KEY not in metadata:
        raise DataError(f"{path} carries no nudipole provenance")
    return dict(json.loads(metadata[METADATA_KEY]))
