"""Reproducible analysis of the neutrino magnetic moment portal.

Subpackages are imported where they are needed and never here, so that a job depends only on the
code it uses (see `nudipole.provenance.digest`).
"""

from nudipole.kernel_cache import use_own_cache

__version__ = "0.1.0"

use_own_cache()
