"""The plane as one self-contained page to look around in."""
