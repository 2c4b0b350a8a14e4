"""Tests compile kernels into a cache that belongs to the present sources (see nudipole.kernel_cache)."""

import os
import signal
from pathlib import Path

BASE = os.environ.get("NUMBA_CACHE_DIR")

# imported after the base was read: importing the package sets the variable
from nudipole.kernel_cache import kernel_cache  # noqa: E402

if BASE:
    os.environ["NUMBA_CACHE_DIR"] = kernel_cache(Path(BASE))

# a shell script lets what it starts with `&` ignore Ctrl-C, and so would every run that a test interrupts
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

from browser_pages import browser, open_page  # noqa: E402, F401
