"""Progress of long work on standard error: what runs, for how long, kernels compiled and points solved so far."""

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any, TextIO

from nudipole.progress import listening

QUIET_S = 1.0
"""A command that is done before has nothing to report."""
STEP_S = 0.5
WIDTH = 100
KERNELS = "kernels compiled"


@contextmanager
def shown(args: argparse.Namespace, name: str) -> Iterator[None]:
    """Show the progress of a block if standard error is a terminal or --progress is given, unless --quiet is."""
    stream = sys.stderr
    wanted = getattr(args, "progress", None)
    if wanted is None:
        wanted = hasattr(args, "progress") and stream.isatty()
    if not wanted:
        yield
        return
    ticker = Ticker(name, stream)
    with listening(ticker.count), ticker.running():
        yield


class Ticker:
    """One line that is written again and again: on a terminal in its place, else below each other when it changes."""

    def __init__(self, name: str, stream: TextIO) -> None:
        """Start the clock."""
        self.name, self.stream = name, stream
        self.rewrites = stream.isatty()
        self.counts: dict[str, int] = {}
        self.start = time.monotonic()
        self._stop = Event()
        self._told = ""
        self._compilations: Any = None

    def count(self, what: str, by: int) -> None:
        """Add to a count."""
        self.counts[what] = self.counts.get(what, 0) + by

    @contextmanager
    def running(self) -> Iterator[None]:
        """Write from a thread of its own, and at the end erase the line or say how long it took."""
        thread = Thread(target=self._tick, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()
            self._ignore_compilations()
            if self.rewrites:
                self._write("\r" + " " * WIDTH + "\r" if self._told else "")
            else:
                self._write(f"nudipole {self._line('done in ')}\n")

    def _tick(self) -> None:
        wait = QUIET_S
        while not self._stop.wait(wait):
            wait = STEP_S
            self._hear_compilations()
            line = self._line("")
            news = self._line("", clock=False)
            if self.rewrites:
                self._write("\r" + f"nudipole {line}"[:WIDTH].ljust(WIDTH))
            elif news != self._told:
                self._write(f"nudipole {line}\n")
            self._told = news

    def _line(self, before: str, *, clock: bool = True) -> str:
        seconds = f"{before}{time.monotonic() - self.start:.0f} s" if clock else ""
        counted = (f"{number} {what}" for what, number in list(self.counts.items()))
        return f"{self.name}: " + ", ".join([seconds, *counted])

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()

    def _hear_compilations(self) -> None:
        """Count what numba compiles, once it is there: importing it only to listen would take longer than most work."""
        events: Any = sys.modules.get("numba.core.event")
        if self._compilations is not None or not hasattr(events, "unregister"):
            return
        ticker = self

        class Compilations(events.Listener):  # type: ignore[misc]
            def on_start(self, event: Any) -> None:
                """Nothing is done yet."""

            def on_end(self, event: Any) -> None:
                ticker.count(KERNELS, 1)

        self._compilations = Compilations()
        events.register("numba:compile", self._compilations)

    def _ignore_compilations(self) -> None:
        if self._compilations is not None:
            sys.modules["numba.core.event"].unregister("numba:compile", self._compilations)
