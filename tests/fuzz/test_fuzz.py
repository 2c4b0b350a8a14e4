"""A few hundred of the inputs of `make fuzz`: nothing but results and errors that say what is wrong."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from families import FAMILIES
from harness import CONTROLS, fuzz

FEW = {"command_line": 150}


@pytest.mark.parametrize("family", FAMILIES)
def test_inputs_at_random(family):
    count = FEW.get(family, 400)
    found = fuzz(family, range(count))
    assert not found.problems
    assert found.count == count
    # the inputs are near enough to good ones that some pass, and far enough that some do not
    assert found.accepted
    assert found.refused


def test_the_harness_sees_what_it_looks_for(monkeypatch):
    def broken(_random):
        raise KeyError("x")

    def spoken(_random):
        from nudipole.errors import DataError

        error = DataError("")
        raise error

    def slow(_random):
        while True:
            pass

    monkeypatch.setattr("harness.PATIENCE_S", 1)
    for case in (broken, spoken, slow):
        monkeypatch.setitem(FAMILIES, "case", case)
        assert sum(map(len, fuzz("case", range(1)).problems.values())) == 1
    assert "\x1b" in CONTROLS
