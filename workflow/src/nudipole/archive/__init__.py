"""An archive of a finished run, ready for Zenodo, and the check that it can be done again from the archive alone."""
