"""Models behind the moment: what gives it, what mass mixing it brings along, and what is natural."""
