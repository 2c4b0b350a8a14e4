"""A tar file with the same bytes from the same files, and a safe way back."""

import gzip
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from nudipole.errors import DataError, StorageError
from nudipole.provenance.tables import whole_file

LEVEL = 6


def pack(files: Mapping[str, Path], texts: Mapping[str, str], folder: str, date: int, target: Path) -> None:
    """Write files and texts as tar.gz below one folder, sorted, with one date [s since 1970] and no owner."""
    with (
        whole_file(target) as partial,
        partial.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=LEVEL, fileobj=raw, mtime=date) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name in sorted({*files, *texts}):
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.mtime = date
            if name in texts:
                content = texts[name].encode()
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
                continue
            status = files[name].stat()
            entry.size, entry.mode = status.st_size, 0o755 if status.st_mode & 0o100 else 0o644
            with files[name].open("rb") as opened:
                tar.addfile(entry, opened)


def unpack(archive: Path, target: Path) -> Path:
    """Unpack an archive into an empty folder; return the one folder in it.

    Raises DataError for a file that is none, and for one with a path that leads out of the target, a link or a device.
    """
    if target.exists() and any(target.iterdir()):
        raise StorageError(f"{target} is not empty; name a new folder")
    try:
        with tarfile.open(archive, "r:gz") as tar:
            members = tar.getmembers()
            for member in members:
                path = PurePosixPath(member.name)
                if path.is_absolute() or ".." in path.parts:
                    raise DataError(f"{archive}: {member.name!r} leads out of its folder; do not trust this file")
                if not (member.isfile() or member.isdir()):
                    raise DataError(f"{archive}: {member.name!r} is a link or a device, which no archive of ours has")
            tar.extractall(target, members, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DataError(f"{archive} cannot be unpacked ({error}); download it again") from None
    tops = {Path(member.name).parts[0] for member in members}
    if len(tops) != 1:
        raise DataError(f"{archive} holds {len(tops)} folders at its top; an archive of ours has one")
    return target / tops.pop()
