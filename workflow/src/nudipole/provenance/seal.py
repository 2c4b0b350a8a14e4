"""A checksum that a Parquet file carries in its own footer: a file altered after it was written says so.

The footer has two more entries: the name of the table, so that one file in the place of another is found, and the
sha256 of the whole file with 64 zeros in the place of the sha256 itself. Every bit of the file is covered. Page
checksums of Parquet cover the pages only, neither their headers nor the footer with units and provenance.
"""

from hashlib import sha256
from pathlib import Path

from nudipole.errors import DataError

NAME_KEY, SHA256_KEY = "nudipole_table", "nudipole_sha256"
BLANK = "0" * 64
# In the footer the key stands before its value, with the value's type (binary) and length (64) between them.
_MARK = SHA256_KEY.encode() + b"\x18" + bytes([len(BLANK)])


def blank_seal(path: Path) -> dict[str, str]:
    """Return the entries of a footer before the file is sealed; a folder outside the working directory is no name."""
    return {NAME_KEY: path.name if path.is_absolute() else path.as_posix(), SHA256_KEY: BLANK}


def seal(file: Path) -> None:
    """Put the checksum of a file in the place that `blank_seal` has kept for it."""
    content = file.read_bytes()
    start = content.rindex(_MARK) + len(_MARK)
    with file.open("r+b") as stream:
        stream.seek(start)
        stream.write(sha256(content).hexdigest().encode())


def is_sealed(file: Path) -> bool:
    """Return whether a file carries a checksum; DataError if it is not the one of its content."""
    content = file.read_bytes()
    mark = content.rfind(_MARK)
    if mark < 0:
        return False
    start = mark + len(_MARK)
    stored, blanked = content[start : start + len(BLANK)], bytearray(content)
    blanked[start : start + len(BLANK)] = BLANK.encode()
    if stored != sha256(blanked).hexdigest().encode():
        raise DataError(
            f"{file} was altered after it was written: its content does not have the checksum it carries; "
            f"delete it and run again"
        )
    return True
