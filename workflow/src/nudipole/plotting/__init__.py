"""Figures: each function draws and returns a figure; the caller decides where it goes."""
