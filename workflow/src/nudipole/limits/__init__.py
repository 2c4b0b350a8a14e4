"""Limits as curves: the merged table, published curves, and the comparison with them."""
