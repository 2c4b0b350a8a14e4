"""Nuclei as coherent targets: number per tonne times Z^2 F(q)^2."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from numpy.typing import NDArray

from nudipole.constants import ATOMIC_MASS_UNIT_MEV, HBARC_MEV_FM, KEV_PER_MEV, M_E_MEV, N_AVOGADRO_PER_MOL
from nudipole.detectors.electrons import GRAMS_PER_TONNE
from nudipole.detectors.targets import Scatterer
from nudipole.errors import DataError

SKIN_FM = 0.9
"""Thickness s of the nuclear surface."""
DIFFUSENESS_FM = 0.52
SERIES_BELOW = 0.1
"""Below this q R the series of 3 j_1(x)/x is used, to order x^6; both forms are good to 1e-13 there."""


@dataclass(frozen=True)
class Nucleus:
    """One nuclide, or an average nucleus with a mass number that is not whole."""

    A: float
    Z: int
    mass_u: float
    abundance: float
    spin: float

    @property
    def mass_MeV(self) -> float:
        """Mass of the nucleus: that of the atom less its electrons (binding energies of electrons left out)."""
        return self.mass_u * ATOMIC_MASS_UNIT_MEV - self.Z * M_E_MEV


def average_nucleus(A_g_per_mol: float, Z: int) -> Nucleus:
    """Return one nucleus with the standard atomic weight of its element; it is given spin 1/2."""
    return Nucleus(A_g_per_mol, Z, A_g_per_mol, abundance=1.0, spin=0.5)


def helm_radius_fm(A: float) -> float:
    """Return R with R^2 = (1.23 A^(1/3) - 0.60 fm)^2 + (7/3) pi^2 (0.52 fm)^2 - 5 s^2.

    Lewin and Smith, Astropart. Phys. 6 (1996) 87, eq. 4.11.
    """
    c = 1.23 * A ** (1.0 / 3.0) - 0.60
    return sqrt(c * c + 7.0 / 3.0 * (pi * DIFFUSENESS_FM) ** 2 - 5.0 * SKIN_FM**2)


def helm_form_factor(q_MeV: NDArray[np.float64], A: float) -> NDArray[np.float64]:
    """Return F(q) = 3 j_1(qR)/(qR) exp(-q^2 s^2/2) (Helm, Phys. Rev. 104 (1956) 1466).

    With it the scattering on a nucleus at rest holds for neutrinos of any energy as long as the nucleus stays in its
    ground state: q is fixed by the recoil alone. Knocking out nucleons is another channel and leaves no bare recoil.
    """
    q_per_fm = np.asarray(q_MeV, dtype=float) / HBARC_MEV_FM
    x = q_per_fm * helm_radius_fm(A)
    safe = np.where(x < SERIES_BELOW, 1.0, x)
    closed = 3.0 * (np.sin(safe) - safe * np.cos(safe)) / safe**3
    series = 1.0 - x**2 / 10.0 + x**4 / 280.0 - x**6 / 15120.0
    return np.asarray(np.where(x < SERIES_BELOW, series, closed) * np.exp(-0.5 * (q_per_fm * SKIN_FM) ** 2))


def coherent_targets_per_t(T_keV: NDArray[np.float64], nucleus: Nucleus, atoms_per_t: float) -> NDArray[np.float64]:
    """Return atoms per tonne times Z^2 F(q)^2 at recoil T, with q^2 = 2 m T for a nucleus at rest (exact)."""
    q_MeV = np.sqrt(2.0 * nucleus.mass_MeV * np.asarray(T_keV, dtype=float) / KEV_PER_MEV)
    return np.asarray(atoms_per_t * (nucleus.Z * helm_form_factor(q_MeV, nucleus.A)) ** 2)


def nuclei(nuclides: Iterable[Nucleus]) -> tuple[Scatterer, ...]:
    """Return one scatterer a nuclide of an element; abundances are normalised to 1.

    Raises DataError where there is no nuclide, or one has a negative abundance or no mass.
    """
    nuclides = tuple(nuclides)
    total = sum(n.abundance for n in nuclides)
    if not total > 0.0 or any(n.abundance < 0.0 or not n.mass_u > 0.0 for n in nuclides):
        raise DataError(
            "nuclides: a mass is not positive, or an abundance negative, or there are none; check the table"
        )
    grams_per_mol = sum(n.abundance * n.mass_u for n in nuclides) / total
    atoms_per_t = GRAMS_PER_TONNE / grams_per_mol * N_AVOGADRO_PER_MOL
    return tuple(_scatterer(n, atoms_per_t * n.abundance / total) for n in nuclides)


def _scatterer(nucleus: Nucleus, atoms_per_t: float) -> Scatterer:
    def per_t(T_keV: NDArray[np.float64]) -> NDArray[np.float64]:
        return coherent_targets_per_t(T_keV, nucleus, atoms_per_t)

    return Scatterer(nucleus.mass_MeV, nucleus.spin == 0.0, np.zeros(0), per_t)
