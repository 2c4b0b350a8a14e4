"""Every physical constant of the package, in natural units hbar = c = k_B = 1.

Sources: CODATA as shipped by scipy.constants unless a line names another one. Heaviside-Lorentz
convention, e = sqrt(4 pi alpha). Energies and masses are in MeV unless the name says otherwise.
"""

from math import pi, sqrt

from scipy import constants as _codata

KEV_PER_MEV = 1e3
MEV_PER_GEV = 1e3
MEV_PER_TEV = 1e6
EV_PER_MEV = 1e6

ALPHA: float = _codata.fine_structure
E_CHARGE: float = sqrt(4.0 * pi * ALPHA)

M_E_MEV: float = _codata.value("electron mass energy equivalent in MeV")
M_E_KEV: float = KEV_PER_MEV * M_E_MEV
M_E_EV: float = 1e6 * M_E_MEV

M_P_MEV: float = _codata.value("proton mass energy equivalent in MeV")

HBARC_MEV_CM: float = 1e2 * _codata.value("reduced Planck constant times c in MeV fm") * 1e-15
HBARC_MEV_FM: float = 1e13 * HBARC_MEV_CM
HBARC_EV_CM: float = 1e6 * HBARC_MEV_CM
HBARC_KEV_CM: float = 1e3 * HBARC_MEV_CM
HBAR_MEV_S: float = 1e-6 * _codata.value("reduced Planck constant in eV s")
HBAR_EV_S: float = 1e6 * HBAR_MEV_S

SPEED_OF_LIGHT_CM_PER_S: float = 1e2 * _codata.c
G_NEWTON_CM3_PER_G_S2: float = 1e3 * _codata.G

N_AVOGADRO_PER_MOL: float = _codata.N_A
SECONDS_PER_YEAR: float = 365.25 * 86400.0
ERG_PER_EV: float = _codata.e * 1e7
ERG_PER_MEV: float = 1e6 * ERG_PER_EV

G_F_PER_MEV2: float = 1e-6 * _codata.value("Fermi coupling constant")

MU_B_PER_EV: float = E_CHARGE / (2.0 * M_E_EV)
"""Bohr magneton e/(2 m_e) in eV^-1 (2.96304e-7)."""

MU_B_PER_MEV: float = 1e6 * MU_B_PER_EV
MU_B_PER_GEV: float = 1e9 * MU_B_PER_EV

ALPHA_MU_B2_CM2: float = ALPHA * (MU_B_PER_MEV * HBARC_MEV_CM) ** 2
"""alpha mu_B^2 = pi alpha^2/m_e^2 in cm^2 (2.49467e-25): the scale of every dipole cross section."""

SIN2_THETA_W = 0.23863
"""MSbar weak mixing angle at zero momentum transfer, PDG 2024, review of the electroweak model: 0.23863(5)."""

STANDARD_CM2_PER_MEV: float = 2.0 * G_F_PER_MEV2**2 * M_E_MEV / pi * HBARC_MEV_CM**2
"""2 G_F^2 m_e/pi in cm^2/MeV (1.7233e-44): the scale of weak neutrino-electron scattering."""

A_XENON_G_PER_MOL: float = 131.293
"""Standard atomic weight of xenon, IUPAC 2021."""

M_PLANCK_MEV: float = 1e3 * _codata.value("Planck mass energy equivalent in GeV")
"""Planck mass sqrt(hbar c/G)."""

T_CMB_K: float = 2.7255
"""Temperature of the CMB today, Fixsen, ApJ 707 (2009) 916, arXiv:0911.1955: 2.72548(57) K."""

K_B_MEV_PER_K: float = 1e-6 * _codata.value("Boltzmann constant in eV/K")
T_CMB_MEV: float = K_B_MEV_PER_K * T_CMB_K

NEUTRON_PROTON_MASS_DIFFERENCE_MEV: float = _codata.value("neutron-proton mass difference energy equivalent in MeV")

ATOMIC_MASS_UNIT_G: float = 1e3 * _codata.atomic_mass
ATOMIC_MASS_UNIT_MEV: float = _codata.value("atomic mass constant energy equivalent in MeV")
HYDROGEN_U: float = 1.00782503190
HELIUM4_U: float = 4.00260325413
"""Atomic masses, AME2020 (Wang et al., Chin. Phys. C 45 (2021) 030003)."""

WATER_G_PER_MOL = 18.015
"""Standard atomic weights, IUPAC 2021."""
PROTONS_PER_KT_WATER: float = 2.0 * 1e9 / WATER_G_PER_MOL * N_AVOGADRO_PER_MOL
"""Free protons in 10^9 g of water (6.69e31)."""

CM_PER_KPC: float = 1e5 * _codata.parsec

CRITICAL_DENSITY_G_PER_CM3: float = 1e-3 * 3.0 * (1e5 / (1e6 * _codata.parsec)) ** 2 / (8.0 * pi * _codata.G)
"""3 H^2/(8 pi G) at H = 100 km/s/Mpc (1.8784e-29): rho_b = Omega_b h^2 times this."""
