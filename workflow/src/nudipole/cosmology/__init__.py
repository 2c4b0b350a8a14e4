"""The early universe: N, plasma and neutrinos through decoupling, nucleosynthesis and recombination."""
