"""Errors a user can act on: each message names what is wrong, its value, and what to change."""


class NudipoleError(Exception):
    """Base of every error this package raises on purpose; the command line prints it without a traceback."""

    def __str__(self) -> str:
        """Return the message, with codes that a terminal would obey written out: values in it come from files."""
        return "".join(char if char in "\n\t" or char.isprintable() else repr(char)[1:-1] for char in super().__str__())


class ConfigError(NudipoleError):
    """A configuration key is unknown, missing, of the wrong type or outside its range."""


class DataError(NudipoleError):
    """A table is missing, was altered, or breaks the contract of its dataset."""


class FetchError(NudipoleError):
    """A provider's original could not be downloaded or is not the file the catalogue describes."""


class DomainError(NudipoleError):
    """An argument lies outside the validity of a formula."""


class ConvergenceError(NudipoleError):
    """A solver stopped without an answer; nothing is returned in its place."""


class StorageError(NudipoleError):
    """The working directory cannot take the results, or the machine the jobs: no space, permission or memory."""
