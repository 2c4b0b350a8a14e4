"""Width of a transverse plasmon, G(w) = compton + collision (omega_p/w)^2."""

from dataclasses import dataclass
from math import pi

from nudipole.constants import ALPHA, HBARC_KEV_CM, M_E_KEV
from nudipole.errors import DomainError
from nudipole.stellar.star import Star


@dataclass(frozen=True)
class Damping:
    """The two coefficients of G(w) = compton_keV + collision_keV (omega_p/w)^2."""

    compton_keV: float
    collision_keV: float

    def __post_init__(self) -> None:
        """Refuse a width that is negative or zero everywhere."""
        if not (self.compton_keV >= 0.0 and self.collision_keV >= 0.0):
            raise DomainError(f"{self}: widths must not be negative")
        if self.compton_keV + self.collision_keV == 0.0:
            raise DomainError(f"{self}: a plasmon without width is Emission.NARROW")


def thomson_width_keV(n_e_per_cm3: float) -> float:
    """Return G_T = sigma_T n_e = 8 pi alpha^2 n_e/(3 m_e^2) [keV], arXiv:2007.15563 (3.938 eV at 3e29)."""
    return 8.0 * pi * ALPHA**2 * n_e_per_cm3 * HBARC_KEV_CM**3 / (3.0 * M_E_KEV**2)


def degeneracy_factor(star: Star) -> float:
    """Return F_deg = 3 E_F T/p_F^2, the share of electrons that Pauli blocking leaves free to scatter.

    First order in T: DomainError when it reaches 1, where the gas is not degenerate.
    """
    factor = 3.0 * star.E_F_keV * star.T_keV / star.p_F_keV**2
    if factor >= 1.0:
        raise DomainError(
            f"star {star.name!r}: 3 E_F T/p_F^2 = {factor:.3g} must be below 1 for a degenerate gas; "
            f"lower T_keV = {star.T_keV} or raise n_e_per_cm3 = {star.n_e_per_cm3:.3g}"
        )
    return factor


def electron_ion_rate_keV(star: Star) -> float:
    """Return nu_ei = 4 Z alpha^2 E_F/(3 pi) [keV] with a Coulomb logarithm of 1 (29.6 eV in the red giant).

    Yakovlev and Urpin, Sov. Astron. 24 (1980) 303, for relativistic degenerate electrons on free ions.
    """
    return 4.0 * star.Z_ion * ALPHA**2 * star.E_F_keV / (3.0 * pi)


def reference_damping(star: Star) -> Damping:
    """Return the width of arXiv:2007.15563: Thomson scattering without Pauli blocking, no collisions."""
    return Damping(compton_keV=thomson_width_keV(star.n_e_per_cm3), collision_keV=0.0)


def physical_damping(star: Star) -> Damping:
    """Return Compton scattering with Pauli blocking plus Drude absorption on ions.

    G(w) = F_deg sigma_T n_e + (omega_p/w)^2 nu_ei. The first term is gamma e -> e gamma*, the second
    bremsstrahlung. Good to a factor of order one: it has no screening, and a constant Coulomb logarithm.
    """
    return Damping(
        compton_keV=degeneracy_factor(star) * thomson_width_keV(star.n_e_per_cm3),
        collision_keV=electron_ion_rate_keV(star),
    )
