"""What is assumed of the early universe: the choices of the configuration as types, and what the presets mean."""

from dataclasses import dataclass, replace
from enum import StrEnum

from nudipole.errors import DomainError


class Equations(StrEnum):
    """Presets of the kinetic equations; single choices override them."""

    MOMENTUM = "momentum"
    INTEGRATED = "integrated"
    REFERENCE = "reference"


class Initial(StrEnum):
    """State of N at the start of the solve."""

    DECOUPLED = "decoupled"
    THERMAL = "thermal"
    FREEZE_IN = "freeze-in"
    ZERO = "zero"


class Upscattering(StrEnum):
    """Where the rate of N e -> nu e comes from."""

    COMPUTED = "computed"
    CONSTANT = "constant"


class DecayBalance(StrEnum):
    """Temperatures of the inverse decay: those of its two partners, or their mean for both."""

    EXACT = "exact"
    ONE_TEMPERATURE = "one_temperature"


class ScatteringBalance(StrEnum):
    """Temperature at which scattering keeps N."""

    T_NU = "T_nu"
    T_R = "T_R"


class Nature(StrEnum):
    """Dirac: four states; Majorana: two states and twice the width."""

    DIRAC = "dirac"
    MAJORANA = "majorana"


@dataclass(frozen=True)
class Kinetics:
    """The kinetic equations, every difference between the presets a choice of its own.

    resolved: N on comoving momenta, helicities apart; otherwise its energy density alone (4-cosmology, section 3).
    states: degrees of freedom of a Dirac N that scattering reaches (2) or all of them (4). With resolved momenta
    and 2, only the active helicity scatters and decouples; with 4 both do. Without momenta it is g_N.
    """

    resolved: bool
    decay_balance: DecayBalance
    scattering_balance: ScatteringBalance
    states: int
    weak_exchange: bool
    qed: bool
    time_dilation: bool
    upscattering: Upscattering
    upscattering_c: float
    nature: Nature

    def __post_init__(self) -> None:
        """Refuse what has no meaning."""
        if self.states not in (2, 4):
            raise DomainError(f"helicities must be 2 or 4, got {self.states}")
        if not 0.0 <= self.upscattering_c <= 1.0:
            raise DomainError(f"upscattering_c must lie between 0 and 1, got {self.upscattering_c}")


UPSCATTERING_C = 0.0151
"""c of G_eN = c mu^2 T^3 on massless e+-, averaged with the energy of N (upscattering.py)."""

_MOMENTUM = Kinetics(
    resolved=True,
    decay_balance=DecayBalance.EXACT,
    scattering_balance=ScatteringBalance.T_NU,
    states=2,
    weak_exchange=True,
    qed=True,
    time_dilation=True,
    upscattering=Upscattering.COMPUTED,
    upscattering_c=UPSCATTERING_C,
    nature=Nature.DIRAC,
)
_INTEGRATED = replace(_MOMENTUM, resolved=False, states=4)
PRESETS = {
    Equations.MOMENTUM: _MOMENTUM,
    Equations.INTEGRATED: _INTEGRATED,
    Equations.REFERENCE: replace(
        _INTEGRATED,
        decay_balance=DecayBalance.ONE_TEMPERATURE,
        scattering_balance=ScatteringBalance.T_R,
        weak_exchange=False,
        qed=False,
        time_dilation=False,
    ),
}
"""The kinetic equations by preset: `momentum` with exact balance, `integrated` the same for densities, `reference`
as in arXiv:2007.15563, where e+- and photons share one temperature because <sigma v> n_e >> H (4-cosmology, 2)."""
