"""Compiled functions as the Python functions they are made from: numba's own objects hide signature and docstring.

Imported before the package. Only this process is affected: the kernel of the notebook compiles as usual.
"""

from collections.abc import Callable
from typing import Any

import numba


def uncompiled(*args: Any, **options: Any) -> Callable[..., Any]:
    """Return the function itself, for `@njit` with and without options and for `@vectorize`."""
    if len(args) == 1 and callable(args[0]) and not options:
        return args[0]
    return lambda function: function


numba.njit = numba.vectorize = uncompiled
