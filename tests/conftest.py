"""Tests compile kernels into a cache that belongs to the present sources (see nudipole.kernel_cache)."""

import os
from pathlib import Path

BASE = os.environ.get("NUMBA_CACHE_DIR")

# imported after the base was read: importing the package sets the variable
from nudipole.kernel_cache import kernel_cache  # noqa: E402

if BASE:
    os.environ["NUMBA_CACHE_DIR"] = kernel_cache(Path(BASE))

from browser_pages import browser, open_page  # noqa: E402, F401
