"""Runs the families: one seed an input, a clock against hangs, and a look at every message."""

import argparse
import collections
import contextlib
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from types import FrameType

from families import FAMILIES, Usage

from nudipole.errors import NudipoleError

PATIENCE_S = 5
LONGEST_MESSAGE = 20_000
CONTROLS = {chr(code) for code in (*range(9), *range(11, 32), 127, 0x202E)}
"""What in a message could change the terminal."""


@dataclass
class Findings:
    """What came of the inputs of one family."""

    accepted: int = 0
    refused: int = 0
    usage: int = 0
    slowest_s: float = 0.0
    problems: dict[str, list[int]] = field(default_factory=lambda: collections.defaultdict(list))

    @property
    def count(self) -> int:
        """Number of inputs."""
        return self.accepted + self.refused + self.usage + sum(map(len, self.problems.values()))


class TooSlowError(Exception):
    """An input took longer than anybody would wait."""


@contextlib.contextmanager
def clock(seconds: int) -> Iterator[None]:
    """Raise TooSlowError after some seconds of work, or ten times as many of waiting: the machine may be busy."""

    def ring(number: int, _frame: FrameType | None) -> None:
        raise TooSlowError(f"more than {seconds} s of work" if number == signal.SIGPROF else "waits without end")

    before = {number: signal.signal(number, ring) for number in (signal.SIGPROF, signal.SIGALRM)}
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.alarm(10 * seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)
        for number, handler in before.items():
            signal.signal(number, handler)


def fuzz(family: str, inputs: range) -> Findings:
    """Give a family the inputs with these seeds."""
    found = Findings()
    for seed in inputs:
        start = time.perf_counter()
        try:
            with clock(PATIENCE_S), warnings.catch_warnings(action="ignore"):
                FAMILIES[family](Random(f"{family} {seed}"))
            found.accepted += 1
        except Usage:
            found.usage += 1
        except NudipoleError as error:
            found.refused += 1
            text = str(error)
            if not text.strip() or len(text) > LONGEST_MESSAGE or CONTROLS & set(text):
                found.refused -= 1
                found.problems[f"message {text[:80]!r}, {len(text)} characters"].append(seed)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            found.problems[f"{type(error).__name__} {str(error)[:90]!r} in {frame.name}, line {frame.lineno}"].append(
                seed
            )
        found.slowest_s = max(found.slowest_s, time.perf_counter() - start)
    return found


def main() -> int:
    """Fuzz and print what was found; 1 if anything was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000, help="inputs of each family (default: 20000)")
    parser.add_argument("--first", type=int, default=0, help="seed of the first (default: 0)")
    parser.add_argument("--only", choices=FAMILIES, help="one family")
    args = parser.parse_args()
    clean = True
    for family in [args.only] if args.only else FAMILIES:
        start = time.perf_counter()
        found = fuzz(family, range(args.first, args.first + args.inputs))
        clean &= not found.problems
        print(
            f"{family}: {found.count} inputs, {found.accepted} accepted, {found.refused} refused, {found.usage} usage, "
            f"{sum(map(len, found.problems.values()))} findings; slowest {found.slowest_s:.2f} s, all "
            f"{time.perf_counter() - start:.0f} s",
            flush=True,
        )
        for text, seeds in sorted(found.problems.items(), key=lambda item: -len(item[1])):
            print(f"  {len(seeds)} x {text} (seeds {', '.join(map(str, seeds[:3]))})", flush=True)
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
