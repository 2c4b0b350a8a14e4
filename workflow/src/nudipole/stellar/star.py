"""The stellar cores whose extra cooling bounds the neutrino magnetic moment.

A core is a degenerate electron gas: p_F = (3 pi^2 n_e)^(1/3), E_F = sqrt(p_F^2 + m_e^2),
v_F = p_F/E_F. The bound holds for the sum over flavours, sum_a |mu_a|^2: plasmon decay does not see
the flavour, so it is the same bound for any single non-zero mu_a.
"""

from dataclasses import dataclass
from math import isfinite, pi, sqrt

from nudipole.constants import ALPHA, HBARC_KEV_CM, M_E_KEV, N_AVOGADRO_PER_MOL
from nudipole.errors import DomainError


def fermi_momentum_keV(n_e_per_cm3: float) -> float:
    """Return p_F = (3 pi^2 n_e)^(1/3) [keV] of a degenerate electron gas."""
    return float((3.0 * pi**2 * n_e_per_cm3) ** (1.0 / 3.0) * HBARC_KEV_CM)


def fermi_energy_keV(n_e_per_cm3: float) -> float:
    """Return E_F = sqrt(p_F^2 + m_e^2) [keV], the rest mass included."""
    return sqrt(fermi_momentum_keV(n_e_per_cm3) ** 2 + M_E_KEV**2)


def degenerate_plasma_frequency_keV(n_e_per_cm3: float) -> float:
    """Return omega_p = sqrt(4 pi alpha n_e/E_F) = sqrt(4 alpha p_F^3/(3 pi E_F)) [keV] at zero temperature.

    Braaten and Segel, hep-ph/9302213, in the degenerate limit.
    """
    p_F = fermi_momentum_keV(n_e_per_cm3)
    return sqrt(4.0 * ALPHA * p_F**3 / (3.0 * pi * fermi_energy_keV(n_e_per_cm3)))


def nonrelativistic_plasma_frequency_keV(n_e_per_cm3: float) -> float:
    """Return omega_p = sqrt(4 pi alpha n_e/m_e) [keV]: 13 % too large in a red-giant core."""
    return sqrt(4.0 * pi * ALPHA * n_e_per_cm3 * HBARC_KEV_CM**3 / M_E_KEV)


def mass_density_g_per_cm3(n_e_per_cm3: float, nucleons_per_electron: float = 2.0) -> float:
    """Return rho = mu_e n_e/N_A [g/cm^3]; mu_e = 2 for helium, carbon and oxygen."""
    return nucleons_per_electron * n_e_per_cm3 / N_AVOGADRO_PER_MOL


@dataclass(frozen=True)
class Star:
    """A homogeneous stellar core and the bound mu_0 on a massless final state that it gives.

    ``omega_p_keV`` is a field and not derived from n_e because the reference rounds it.
    """

    name: str
    n_e_per_cm3: float
    T_keV: float
    omega_p_keV: float
    rho_g_per_cm3: float
    Z_ion: float
    mu_0_muB: float
    citation: str

    def __post_init__(self) -> None:
        """Refuse a star with a quantity that is not a positive finite number."""
        for label in ("n_e_per_cm3", "T_keV", "omega_p_keV", "rho_g_per_cm3", "Z_ion", "mu_0_muB"):
            value = getattr(self, label)
            if not (isfinite(value) and value > 0.0):
                raise DomainError(f"star {self.name!r}: {label} = {value} must be positive and finite")

    @property
    def p_F_keV(self) -> float:
        """Fermi momentum."""
        return fermi_momentum_keV(self.n_e_per_cm3)

    @property
    def E_F_keV(self) -> float:
        """Fermi energy, rest mass included."""
        return fermi_energy_keV(self.n_e_per_cm3)

    @property
    def v_F(self) -> float:
        """Fermi velocity p_F/E_F: the typical electron velocity v_* of Braaten and Segel."""
        return self.p_F_keV / self.E_F_keV


@dataclass(frozen=True)
class MomentBound:
    """A published bound on mu_nu for a massless final state."""

    name: str
    mu_0_muB: float
    confidence_level: float
    citation: str


MOMENT_BOUNDS: tuple[MomentBound, ...] = (
    MomentBound("globular-clusters", 2.2e-12, 0.90, "arXiv:1910.10568"),
    MomentBound("omega-cen", 1.2e-12, 0.95, "arXiv:2007.03694"),
    MomentBound("ngc-4258", 1.5e-12, 0.95, "arXiv:2007.03694"),
    MomentBound("white-dwarfs", 5.0e-12, 0.90, "arXiv:1407.1404 (unverified)"),
)
"""The alternatives for mu_0; the first one is what arXiv:2007.15563 uses and labels 90 %.

The abstracts of 1910.10568 and of the white-dwarf paper state no confidence level (unverified): 90 % is assumed.
"""

# n_e = 3e29 cm^-3 gives omega_p = 17.97 keV; arXiv:2007.15563 rounds to 18 keV, which is kept so that
# its curve comes out. Helium: rho = 2 n_e/N_A = 9.963e5 g/cm^3, the usual 1e6 within rounding.
RED_GIANT = Star(
    name="red-giant",
    n_e_per_cm3=3e29,
    T_keV=8.6,
    omega_p_keV=18.0,
    rho_g_per_cm3=mass_density_g_per_cm3(3e29),
    Z_ion=2.0,
    mu_0_muB=2.2e-12,
    citation="arXiv:2007.15563",
)


def white_dwarf(name: str, n_e_per_cm3: float, T_keV: float) -> Star:
    """Return a carbon-oxygen white dwarf with omega_p computed from n_e (relativistic, degenerate).

    The ranges n_e = 3e29..1e30 cm^-3 and T = 0.5..5 keV, and mu_0, are unverified: they were not checked
    against the text of arXiv:1407.1404. Z_ion = 7 is an equal mixture of carbon and oxygen.
    """
    return Star(
        name=name,
        n_e_per_cm3=n_e_per_cm3,
        T_keV=T_keV,
        omega_p_keV=degenerate_plasma_frequency_keV(n_e_per_cm3),
        rho_g_per_cm3=mass_density_g_per_cm3(n_e_per_cm3),
        Z_ion=7.0,
        mu_0_muB=5.0e-12,
        citation="arXiv:1407.1404 (unverified)",
    )


STARS: tuple[Star, ...] = (
    RED_GIANT,
    white_dwarf("white-dwarf-light-hot", 3e29, 5.0),
    white_dwarf("white-dwarf-light-cool", 3e29, 0.5),
    white_dwarf("white-dwarf-dense-hot", 1e30, 5.0),
    white_dwarf("white-dwarf-dense-cool", 1e30, 0.5),
)
"""The red giant of the reference, and the four corners of the white-dwarf range."""


def star_named(name: str) -> Star:
    """Return the preset with this name; DomainError lists the allowed names."""
    for star in STARS:
        if star.name == name:
            return star
    raise DomainError(f"unknown star {name!r}; choose one of {', '.join(star.name for star in STARS)}")


def moment_bound_named(name: str) -> MomentBound:
    """Return the published mu_0 with this name; DomainError lists the allowed names."""
    for bound in MOMENT_BOUNDS:
        if bound.name == name:
            return bound
    allowed = ", ".join(bound.name for bound in MOMENT_BOUNDS)
    raise DomainError(f"unknown bound {name!r} on the neutrino magnetic moment; choose one of {allowed}")
