"""Can the working directory take the results? Asked before any job starts."""

import os
import shutil
import tempfile
from pathlib import Path

from nudipole.errors import StorageError

REQUIRED_FREE_MB = 200
"""The default run writes below 40 MB; the rest is head room for logs, caches and the temporary files of a rewrite."""


def check_storage(folder: Path, required_free_mb: int = REQUIRED_FREE_MB) -> None:
    """Raise StorageError unless the folder exists or can be made, is writable and has room."""
    existing = folder
    while not existing.exists():
        existing = existing.parent
    if not os.access(existing, os.W_OK | os.X_OK):
        raise StorageError(
            f"no permission to write in {existing}; change its owner or mode, or run in a directory of your own "
            f"(snakemake --directory)"
        )
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise StorageError(f"cannot write in {existing}: {error.strerror}") from None
    free_mb = shutil.disk_usage(existing).free / 1e6
    if free_mb < required_free_mb:
        raise StorageError(
            f"{existing} has {free_mb:.0f} MB free, the results and caches need up to {required_free_mb} MB; free some "
            f"space or run on another disk (snakemake --directory)"
        )
