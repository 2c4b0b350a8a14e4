"""How numba compiles kernels: options for njit that leave out what a kernel does not need.

Much of the time to compile a small kernel went into what surrounds it. The results are the same bytes either way.
"""

from typing import Any

from numba import njit

Options = dict[str, Any]

KERNEL: Options = {"cache": True, "error_model": "numpy", "no_cfunc_wrapper": True}
"""A kernel that makes arrays, or calls one that does. No wrapper for C: nobody passes kernels as function pointers."""

BORROWS: Options = {**KERNEL, "_nrt": False}
"""A kernel that only uses arrays it was given: references are not counted, which atomic operations in the inner loops
and their code would cost a third of the time of a point. A kernel that makes an array nevertheless does not compile."""

INNER: Options = {"no_cpython_wrapper": True}
"""Added for kernels that only kernels call: unpacking their many arguments takes long to compile. Python must not call
one, not even in a test: the interpreter would crash. Its `py_func` works."""


# A kernel that is called with a constant is compiled for that constant alone; with these, once for all of them.
@njit(**KERNEL)
def flag(value):  # type: ignore[no-untyped-def]
    """Return a constant true or false as a variable."""
    return value == True  # noqa: E712


@njit(**KERNEL)
def number(value):  # type: ignore[no-untyped-def]
    """Return a constant integer as a variable."""
    return value + 0
