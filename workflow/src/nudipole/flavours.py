"""Which neutrino couples to N: the modes every constraint and table speaks of."""

FLAVOURS = ("e", "mu", "tau")
ALL_MODES = (*FLAVOURS, "effective")
"""`effective` is the moment as the experiments quote it: no flavour conversion, P = 1."""
