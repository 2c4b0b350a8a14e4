"""Is there room on disk and in memory, and do files have sensible times? Asked before any job starts."""

import os
import resource
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from nudipole.errors import StorageError

REQUIRED_FREE_MB = 200
"""The default run writes below 40 MB; the rest is head room for logs, caches and the temporary files of a rewrite."""
REQUIRED_MEMORY_MB = 1000
"""A job maps 600 MB of libraries before it begins; below that its imports end in messages about shared objects."""


def check_storage(folder: Path, required_free_mb: int = REQUIRED_FREE_MB) -> None:
    """Raise StorageError unless the folder exists or can be made, is writable and has room."""
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    elsewhere = "run in a directory of your own (snakemake --directory FOLDER)"
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise StorageError(
            f"cannot write in {existing}: {error.strerror}; change its owner or mode, or {elsewhere}"
        ) from None
    free_mb = shutil.disk_usage(existing).free / 1e6
    if free_mb < required_free_mb:
        raise StorageError(
            f"{existing} is on a disk with {free_mb:.0f} MB free, the results and caches need up to "
            f"{required_free_mb} MB; free some space, or {elsewhere}"
        )


def check_memory_limit(required_mb: int = REQUIRED_MEMORY_MB) -> None:
    """Raise StorageError if the shell gives a process too little memory to load the libraries."""
    limit_bytes = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit_bytes != resource.RLIM_INFINITY and limit_bytes < required_mb * 1e6:
        raise StorageError(
            f"a process may have {limit_bytes / 1e6:.0f} MB of memory here, a job needs {required_mb} MB or more; "
            f"raise the limit (ulimit -v)"
        )


def set_future_to_now(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Give files with a time in the future the present one, all the same, and return them.

    Clocks are set back, and copies keep the times of another machine. None of these files is then newer than another,
    so that nothing is made again because of this.
    """
    now_ns = time.time_ns()
    changed = []
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        # a file of another user stays as it is, and Snakemake names it should a job need it
        with suppress(OSError):
            if path.stat().st_mtime_ns > now_ns:
                os.utime(path, ns=(now_ns, now_ns))
                changed.append(path)
    return tuple(changed)
