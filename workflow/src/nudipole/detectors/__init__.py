"""Detectors: electron target, energy response, and the signal templates per unit mu^2."""
