"""Kernels compiled before a job uses them: once for each type of processor, however many jobs start there at once.

The rule `kernels` compiles them on one node of a cluster. A job on a node of another type finds an empty folder, as one
does whose cache was removed: the first compiles the kernels of its branch while the others wait.
"""

import fcntl
import hashlib
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

from nudipole.kernel_cache import PACKAGE_ROOT, VARIABLE

ALSO_USED = {"detectors": ("sources",)}
"""Branches whose kernels another one calls: they are compiled first, each under its own lock."""

PLACE_LENGTH = 6


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock; it ends with the process that holds it, however that ends."""
    with path.open("a") as stream:
        # on a shared disk without locks two jobs may compile the same kernels, as they would without this
        with suppress(OSError):
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def compile_once(branch: str) -> bool:
    """Compile the kernels of a branch unless this cache has them; return whether they were compiled here."""
    if not (Path(__file__).parents[1] / "warm_up" / f"{branch}.py").is_file():
        return False
    import numba

    for used in ALSO_USED.get(branch, ()):
        compile_once(used)
    cache = Path(os.environ[VARIABLE])
    cache.mkdir(parents=True, exist_ok=True)
    # numba keys its entries by the path of the source, too: another copy of the package finds none of them
    place = hashlib.sha256(str(PACKAGE_ROOT).encode()).hexdigest()[:PLACE_LENGTH]
    done = cache / f"{branch}-{place}.compiled"
    compiler = f"numba {numba.__version__}, Python {platform.python_version()}\n"
    with _locked(done.with_suffix(".lock")):
        if done.exists() and done.read_text() == compiler:
            return False
        import_module(f"nudipole.warm_up.{branch}").compile_kernels()
        done.write_text(compiler)
    return True
