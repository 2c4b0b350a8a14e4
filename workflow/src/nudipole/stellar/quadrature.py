"""How far and how finely the emission integrals go."""

from dataclasses import dataclass
from math import log

from nudipole.errors import DomainError

THERMAL_DEPTH: float = 45.0
"""Energies more than 45 T above the lowest allowed one are cut off: e^-45 = 3e-20."""

LN_EV7_PER_KEV7: float = 21.0 * log(10.0)
"""The kernels return ln(Q/mu^2) in keV^7."""


@dataclass(frozen=True)
class Nodes:
    """Number of nodes in each panel of K^2 (resonance, tail) and in the rapidity of the plasmon (thermal).

    At any mass and for every preset star, doubling all three moves Q by less than 3e-7, halving by 5e-6.
    """

    resonance: int = 48
    tail: int = 64
    thermal: int = 48

    def __post_init__(self) -> None:
        """Refuse rules that are too short to mean anything."""
        if min(self.resonance, self.tail, self.thermal) < 8:
            raise DomainError(f"{self}: every rule needs at least 8 nodes")


DEFAULT_NODES = Nodes()
