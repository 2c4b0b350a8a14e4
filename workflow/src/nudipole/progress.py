"""Word of long work to whoever listens: the command line shows it, jobs of the workflow listen to nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


def advance(what: str, by: int = 1) -> None:
    """Say that so many more of something are done, for example `points`."""
    listener = _listener.get()
    if listener is not None:
        listener(what, by)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hear of everything that advances in this block."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
