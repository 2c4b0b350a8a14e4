"""Run every kernel of a branch once on tiny inputs, which compiles it into numba's cache."""
