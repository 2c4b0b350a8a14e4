"""The command line `nudipole`: one module a command, each with `add_command`."""
