"""Where numba keeps compiled kernels: a folder of their own for each state of the kernels' sources.

numba compiles a kernel anew when its own file changes, but not when the file of a kernel it calls does: after an edit
or an update the old machine code would go on giving the old numbers. Here the name of the folder is a digest of all
files that use numba, so any change starts from an empty cache.
"""

import hashlib
import os
import tempfile
from pathlib import Path

PACKAGE_ROOT = Path(__file__).resolve().parent
VARIABLE = "NUMBA_CACHE_DIR"
DIGEST_LENGTH = 12


def kernels_digest(root: Path = PACKAGE_ROOT) -> str:
    """Return a digest of the package's files that use numba."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        source = path.read_bytes()
        if b"numba" in source:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + source)
    return digest.hexdigest()[:DIGEST_LENGTH]


def kernel_cache(base: Path) -> str:
    """Return the folder below `base` for the present sources."""
    return str(base.absolute() / f"kernels-{kernels_digest()}")


def use_own_cache() -> None:
    """Point numba to the user's cache folder, unless the environment names one already."""
    if VARIABLE not in os.environ:
        home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        base = Path(home) if os.access(Path(home).parent, os.W_OK) else Path(tempfile.gettempdir())
        os.environ[VARIABLE] = kernel_cache(base / "nudipole")
