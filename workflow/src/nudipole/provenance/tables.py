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
from nudipole.provenance.seal import NAME_KEY, blank_seal, is_sealed, seal

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
    """Write a table with its provenance and a checksum, complete or not at all."""
    table = _checked(frame, info, path)
    with whole_file(path) as partial:
        with pq.ParquetWriter(partial, table.schema, compression="zstd") as writer:
            writer.write_table(table)
            writer.add_key_value_metadata(blank_seal(path))
        seal(partial)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say which table cannot be read and what to do, whatever pyarrow stumbles over."""
    try:
        yield
    except FileNotFoundError:
        raise DataError(f"{path} does not exist; run the workflow to make it") from None
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path} is not a readable Parquet table ({error}); delete it and run again") from None


def read_table(path: Path) -> pd.DataFrame:
    """Return a table; DataError if it is missing, not readable as Parquet, or altered after it was written."""
    with _readable(path):
        is_sealed(path)
        frame: pd.DataFrame = pq.read_table(path).to_pandas()
    return frame


def check_table(path: Path) -> None:
    """Raise DataError unless a table is as this package wrote it, under the name it was written for."""
    with _readable(path):
        if not is_sealed(path):
            raise DataError(f"{path} is empty, cut short or not a table of this package; delete it and run again")
        # the schema has the entries of the table only, not those of the file
        name = pq.read_metadata(path).metadata[NAME_KEY.encode()].decode()
    if name != str(path):
        raise DataError(f"{path} holds what was written as {name}; delete it and run again")


def read_info(path: Path) -> dict[str, Any]:
    """Return the provenance stored in a table of this package."""
    metadata: Mapping[bytes, bytes] = {}
    with _readable(path):
        metadata = pq.read_schema(path).metadata or {}
    if METADATA_KEY not in metadata:
        raise DataError(f"{path} carries no nudipole provenance")
    try:
        return dict(json.loads(metadata[METADATA_KEY]))
    except ValueError as error:
        raise DataError(f"{path} carries provenance that cannot be read ({error}); delete it and run again") from None


def check_made_from(results_sha256: Mapping[str, str]) -> None:
    """Raise DataError if a table was made from another state of a result than the present one."""
    for table in sorted(name for name in results_sha256 if name.endswith(".parquet")):
        for name, digest in read_info(Path(table))["inputs_sha256"].items():
            if results_sha256.get(name, digest) != digest:
                raise DataError(
                    f"{table} was made from another {name} than there is now: one of them was replaced, or the clock "
                    f"was set back between runs; delete both and run again"
                )
