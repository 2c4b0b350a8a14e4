"""Emission of N by a proto-neutron star (SN 1987A) and what its decays do outside."""
