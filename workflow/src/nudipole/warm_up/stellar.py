"""The kernels of plasmon decay."""

import numpy as np

from nudipole.stellar.emission import Emission, ln_q_over_mu2_eV7
from nudipole.stellar.star import RED_GIANT


def compile_kernels() -> None:
    """Compile the kernels."""
    for emission in Emission:
        ln_q_over_mu2_eV7(RED_GIANT, np.array([1.0]), emission)
