"""Where N starts: the initial states that the configuration names, and their labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nudipole.cosmology.assumptions import Initial
from nudipole.errors import DomainError

LOWEST_T_RH_MEV = 4.0
"""Below it neutrinos do not thermalise (de Salas et al., arXiv:1511.00672: T_RH > 4.7 MeV at 95 % CL)."""


class Decoupling(StrEnum):
    """How N leaves equilibrium above the start of the solve."""

    INSTANTANEOUS = "instantaneous"
    GRADUAL = "gradual"


@dataclass(frozen=True)
class Scenario:
    """An initial state; T_RH_MeV is the reheating temperature of freeze-in and None otherwise."""

    initial: Initial
    T_RH_MeV: float | None = None

    def __post_init__(self) -> None:
        """Refuse a freeze-in without a reheating temperature, and one where there is nothing to reheat to."""
        if (self.initial is Initial.FREEZE_IN) != (self.T_RH_MeV is not None):
            raise DomainError(f"{self.initial}: a reheating temperature goes with freeze-in, and only with it")
        if self.T_RH_MeV is not None and not self.T_RH_MeV >= LOWEST_T_RH_MEV:
            raise DomainError(f"T_RH_MeV = {self.T_RH_MeV} must be at least {LOWEST_T_RH_MEV:g}")

    @property
    def label(self) -> str:
        """Name in tables: `decoupled`, `freeze-in_10MeV`."""
        return f"{self.initial}" if self.T_RH_MeV is None else f"{self.initial}_{self.T_RH_MeV:g}MeV"

    @property
    def is_diluted(self) -> bool:
        """Whether what heavier species leave dilutes N; `thermal` and `zero` start in a plasma without them."""
        return self.initial in (Initial.DECOUPLED, Initial.FREEZE_IN)


def scenarios_of(section: Mapping[str, Any]) -> tuple[Scenario, ...]:
    """Return the scenario of `initial` of the cosmology section first, then those drawn beside it, each once."""
    initial = Initial(section["initial"])
    found = [Scenario(initial, float(section["T_RH_MeV"]) if initial is Initial.FREEZE_IN else None)]
    for name in section["family"]:
        member = Initial(name)
        temperatures = section["family_T_RH_MeV"] if member is Initial.FREEZE_IN else [None]
        found += [Scenario(member, None if T is None else float(T)) for T in temperatures]
    return tuple(dict.fromkeys(found))
