"""Binned Poisson profile likelihood: kernel, statistics of intervals, and the scan over mu^2."""
