"""Where numba keeps compiled kernels: a folder of their own for each state of the kernels' sources.

numba compiles a kernel anew when its own file changes, but not when the file of a kernel it calls does: after an edit
or an update the old machine code would go on giving the old numbers. Here the name of the folder is a digest of all
files that use numba, so any change starts from an empty cache.
"""

import hashlib
import os
import stat
import sys
import tempfile
from contextlib import suppress
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


def is_writable(folder: Path) -> bool:
    """Return whether files can be made in a folder that exists or can be made."""
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def temporary_base() -> Path:
    """Return a folder for temporary files that nobody else can fill beforehand: machine code is run from it."""
    folder = Path(tempfile.gettempdir()) / f"nudipole-{os.getuid()}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022
    return folder if is_own else Path(tempfile.mkdtemp(prefix="nudipole-"))


def use_own_cache() -> None:
    """Point numba to the folder the environment names, or to the user's cache; to a temporary one if it is read-only.

    numba would then take the folder of the package, where kernels of other sources may be, or refuse to compile.
    """
    named = os.environ.get(VARIABLE)
    if named and is_writable(Path(named)):
        return
    base = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "nudipole"
    if named or not is_writable(base):
        base = temporary_base()
    if named:
        problem = f"cannot write in {VARIABLE}={named}"
        print(f"nudipole: {problem}; compiled kernels go to {base}: name another folder to keep them", file=sys.stderr)
    os.environ[VARIABLE] = kernel_cache(base)
