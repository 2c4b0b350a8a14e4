"""Errors a user can act on: each message names what is wrong, its value, and what to change."""


class NudipoleError(Exception):
    """Base of every error this package raises on purpose; the command line prints it without a traceback."""


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
    """The working directory cannot take the results: no space or no permission."""
