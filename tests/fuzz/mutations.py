"""Random damage to structures and to bytes: everything follows from the random number generator that is given."""

import copy
import math
from collections.abc import Iterator
from random import Random
from typing import Any

NASTY = (
    *(None, True, False, 0, 1, -1, 2, 7, 10**6, 10**30, -(10**30), 0.0, -0.0, 1e-320, 1e-30, 1e308, -1e308),
    *(math.inf, -math.inf, math.nan, 0.5, 1.0000001, 3.14, "", " ", "x", "1e-12", "1e400", "nan", "inf", "-.inf"),
    *("null", "true", "yes", "~", "../../etc/passwd", "/etc/passwd", "a/b", ".", "..", "\x00", "\x1b[31mred", "\u202e"),
    *("<script>alert(1)</script>", "${HOME}", "{x}", "%s", "$(touch x)", "`id`", "; rm -rf x", "é" * 50, "9" * 5000),
    *("mu", "e", "tau", "effective", "xenonnt", "xenon1t", "decoupled", "thermal", "primat2023", "a" * 3000),
    *([], {}, [None], [[]], [{}], [1, 2], [2, 1], [1e-3, 1e-3], ["mu", "mu"], {"": 1}, {"x": {"y": {"z": []}}}, {1: 2}),
)
DEEP = 40
TEXTS = (
    b"\x00",
    b"\xff\xfe",
    b"\n",
    b",",
    b"#",
    b'"',
    b"'",
    b"nan",
    b"-",
    b"e",
    b"1e999",
    b"\xef\xbb\xbf",
    b" ",
    b"\t",
    b";",
)


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value in a nested node, that of the node itself first."""
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in children:
        yield from places(value, (*path, key))


def deep(random: Random) -> Any:
    """Return lists and mappings inside each other."""
    node: Any = random.choice(NASTY)
    for _ in range(random.randrange(1, DEEP)):
        node = [node] if random.random() < 0.5 else {random.choice(("a", "b", "grid")): node}
    return node


def other_value(value: Any, random: Random) -> Any:
    """Return something else for a value: near it, of its kind, or anything."""
    kind = random.random()
    if kind < 0.35 and isinstance(value, int | float) and not isinstance(value, bool):
        factors = (0.0, -1.0, 0.5, 2.0, 10.0, 1e3, 1e-3, 1e6, 1e-6, 1e300)
        changed = value * random.choice(factors) + random.choice((0, 0, 1, -1, 0.5))
        return int(changed) if isinstance(value, int) and abs(changed) < 1e15 and random.random() < 0.7 else changed
    if kind < 0.35 and isinstance(value, str) and value:
        place = random.randrange(len(value))
        return value[:place] + random.choice(("", "x", value, "\n", "=", ";", "\x07")) + value[place + 1 :]
    if kind < 0.35 and isinstance(value, list) and value:
        return random.choice((value + value, value[::-1], value[:1], value[1:], [*value, random.choice(NASTY)]))
    return deep(random) if kind > 0.97 else copy.deepcopy(random.choice(NASTY))


def mutated(node: Any, random: Random) -> Any:
    """Return a copy of a nested node with up to four places changed, removed, added or exchanged."""
    node = copy.deepcopy(node)
    for _ in range(random.choice((1, 1, 1, 2, 2, 4))):
        inner = [path for path in places(node) if path]
        if not inner:
            return other_value(node, random)
        path = random.choice(inner)
        parent = node
        for key in path[:-1]:
            parent = parent[key]
        action = random.random()
        if action < 0.12:
            del parent[path[-1]]
        elif action < 0.2 and isinstance(parent, dict):
            parent[random.choice(("x", str(path[-1]) + "x", "", 5, None))] = copy.deepcopy(random.choice(NASTY))
        elif action < 0.3:
            other, source = random.choice(inner), node
            try:
                for key in other:
                    source = source[key]
            except (KeyError, IndexError, TypeError):
                source = random.choice(NASTY)
            parent[path[-1]] = copy.deepcopy(source)
        else:
            parent[path[-1]] = other_value(parent[path[-1]], random)
    return node


def damaged(content: bytes, random: Random) -> bytes:
    """Return bytes that are cut, flipped, repeated, or have something put between."""
    data = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        place = random.randrange(len(data) + 1)
        action = random.random()
        if action < 0.15:
            del data[place:]
        elif action < 0.4 and place < len(data):
            data[place] ^= 1 << random.randrange(8)
        elif action < 0.6:
            data[place:place] = random.choice(TEXTS)
        elif action < 0.75:
            del data[place : place + random.randrange(1, 40)]
        elif action < 0.9:
            start = random.randrange(len(data) + 1)
            data[place:place] = data[start : start + random.randrange(1, 200)]
        else:
            data[place:place] = random.randbytes(random.randrange(1, 20))
    return bytes(data)
