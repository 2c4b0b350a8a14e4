"""Stellar cooling by plasmon decay, gamma* -> nu N, and the limits on mu_nu that follow from it."""
