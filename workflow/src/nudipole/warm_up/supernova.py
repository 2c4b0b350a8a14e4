"""The kernels of the supernova."""

from dataclasses import replace

import numpy as np

from nudipole.supernova.emission import Helicity, Propagation, emitter
from nudipole.supernova.layers import DEFAULT_RESOLUTION, layers
from nudipole.supernova.profile import Chang, Lapse, NeutrinoDegeneracy, analytic_star
from nudipole.supernova.rates import Microphysics


def compile_kernels() -> None:
    """Compile the kernels."""
    star = analytic_star(Chang(), NeutrinoDegeneracy(), Lapse.NEWTONIAN, 100.0)
    grid = replace(DEFAULT_RESOLUTION, zones_core=3, zones_mantle=3, zones_outside=3, energies=3, rays=2)
    shape = layers(star, False, 3.0, 100.0, grid)
    for radial in (False, True):
        source = emitter(1.0, shape, Microphysics(), Propagation(Helicity.EXACT, radial=radial), grid)
        source.luminosity_erg_s(np.array([1e-11]))
