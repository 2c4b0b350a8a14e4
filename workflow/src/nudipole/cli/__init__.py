"""The command line: `nudipole evaluate`, `limit`, `info`, `convert`."""
