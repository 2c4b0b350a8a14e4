"""Constraints: each puts data, configuration and physics together behind one interface (see `base`)."""
