"""Where numba keeps compiled kernels: a folder of their own for each state of the kernels' sources and each processor.

numba compiles a kernel anew when its own file changes, but not when the file of a kernel it calls does: after an edit
or an update the old machine code would go on giving the old numbers. Here the name of the folder is a digest of all
files that use numba, so any change starts from an empty cache.

Nodes of a cluster share the folder above. numba tells machine code for one processor from that for another, but two
jobs that add to the same list of it at once can mix up its entries: each type of processor has a folder of its own.
"""

import hashlib
import os
import platform
import stat
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

PACKAGE_ROOT = Path(__file__).resolve().parent
VARIABLE = "NUMBA_CACHE_DIR"
DIGEST_LENGTH = 12
PREFIX = "kernels-"
PROCESSOR_LENGTH = 6
DESCRIPTION = Path("/proc/cpuinfo")
DESCRIBING = ("model name", "flags", "CPU part", "Features")
"""What Linux calls the model of a processor and its instructions, on x86 and on ARM."""


def kernels_digest(root: Path = PACKAGE_ROOT) -> str:
    """Return a digest of the package's files that use numba."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        source = path.read_bytes()
        if b"numba" in source:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + source)
    return digest.hexdigest()[:DIGEST_LENGTH]


def processor_digest() -> str:
    """Return a digest of what machine code is made for: the processor numba is told to assume, or the present one."""
    assumed = [os.environ.get(name, "") for name in ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES")]
    present = "" if assumed[0] else _present_processor()
    return hashlib.sha256("\n".join([platform.machine(), *assumed, present]).encode()).hexdigest()[:PROCESSOR_LENGTH]


def _present_processor() -> str:
    try:
        lines = DESCRIPTION.read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    # every core has these lines: the first ones are enough, and the order of instructions means nothing
    found = {
        line.split(":")[0].strip(): sorted(line.split(":", 1)[1].split()) for line in reversed(lines) if ":" in line
    }
    return repr([found.get(name) for name in DESCRIBING])


def kernel_cache(base: Path) -> str:
    """Return the folder below `base` for the present sources and processor; `base` may be that of another processor."""
    # a job on a cluster inherits the folder of the host that submitted it
    above = base.parent if base.name.startswith(PREFIX) else base
    return str(above.absolute() / f"{PREFIX}{kernels_digest()}-{processor_digest()}")


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
