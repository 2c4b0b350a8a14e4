"""A HEPData submission as files: written by hepdata-lib, checked by hepdata-validator, packed with the same bytes."""

import gzip
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pandas as pd

from nudipole.errors import DataError, StorageError
from nudipole.exports.hepdata import submission_of
from nudipole.exports.provenance import Provenance
from nudipole.provenance.tables import whole_file, write_text

if TYPE_CHECKING:
    from hepdata_lib import Submission, Table

ARCHIVE, FOLDER, REFERENCES = "submission.tar.gz", "submission", "references.bib"
THUMBNAIL_WIDTH_PX = 240
LARGEST_FILE_BYTES = 10 * 1024**2


def write_submission(
    limits: pd.DataFrame, provenance: Provenance, figures: Mapping[str, Path], references: str, target: Path
) -> int:
    """Write a folder with the submission and its archive; return the number of tables.

    figures: the PNG of each coupling. DataError if the validator finds a fault, StorageError if the disk does.
    """
    try:
        with TemporaryDirectory() as name:
            work = Path(name)
            write_text(references, work / REFERENCES)
            images = {flavour: (str(path.resolve()), _thumbnail(path, work)) for flavour, path in figures.items()}
            submission = submission_of(limits, provenance, images, str(work / REFERENCES))
            _write(submission, work / FOLDER)
            _validate_shapes(submission, work / FOLDER)
            target.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(target / FOLDER, ignore_errors=True)
            shutil.copytree(work / FOLDER, target / FOLDER, copy_function=shutil.copyfile)
        pack(target / FOLDER, target / ARCHIVE)
    except OSError as error:
        raise StorageError(
            f"cannot write {target}: {error.strerror or error}; free some space, and run again"
        ) from None
    return len(submission.tables)


def _thumbnail(figure: Path, folder: Path) -> str:
    """Return the path of a small copy of a figure; HEPData knows it by its prefix."""
    from PIL import Image

    path = folder / f"thumb_{figure.name}"
    with Image.open(figure) as image:
        height = round(THUMBNAIL_WIDTH_PX * image.height / image.width)
        # without the figure's own text chunks, which have its provenance already
        image.convert("RGB").resize((THUMBNAIL_WIDTH_PX, height), Image.Resampling.LANCZOS).save(path, optimize=True)
    return str(path)


def _write(submission: "Submission", folder: Path) -> None:
    """Let hepdata-lib write its files; its archive, with today's date, goes to the current directory and is dropped."""
    with TemporaryDirectory() as elsewhere, chdir(elsewhere), _fast_yaml():
        submission.create_files(str(folder), validate=False)


@contextmanager
def _fast_yaml() -> Iterator[None]:
    """Give hepdata-lib the emitter of libyaml: that of PyYAML, its choice, takes ten times as long."""
    import hepdata_lib
    import yaml

    class Emitter(yaml.CDumper):
        """With the representations that hepdata-lib gave to PyYAML's."""

        yaml_representers = yaml.Dumper.yaml_representers

    slow = hepdata_lib.yaml
    hepdata_lib.yaml = SimpleNamespace(dump=partial(yaml.dump, Dumper=Emitter))
    try:
        yield
    finally:
        hepdata_lib.yaml = slow


def validate(folder: Path) -> None:
    """Raise DataError with all that hepdata-validator says against a submission."""
    from hepdata_validator.full_submission_validator import FullSubmissionValidator

    validator = FullSubmissionValidator(autoload_remote_schemas=False)
    if not validator.validate(directory=str(folder)):
        messages = [message.message for found in validator.get_messages().values() for message in found]
        listing = "\n  - ".join(messages).replace(f"{folder}{os.sep}", "")
        raise DataError(
            f"the HEPData submission is not valid:\n  - {listing}\nThis is a bug; please report it with the "
            f"configuration"
        )


def _validate_shapes(submission: "Submission", folder: Path) -> None:
    """Raise DataError if a submission, already in this folder, is not valid; its tables become short.

    hepdata-validator asks every number for its type, which takes half a minute, so of the rows that differ in their
    numbers alone it is shown one.
    """
    _check_sizes(folder)
    for table in submission.tables:
        _keep_shapes(table)
    with TemporaryDirectory() as name:
        few = Path(name) / FOLDER
        _write(submission, few)
        validate(few)


def _check_sizes(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise DataError(
                f"the HEPData table {path.name} has {path.stat().st_size} bytes, HEPData allows {LARGEST_FILE_BYTES}; "
                f"make the grid coarser or leave variants out"
            )


def _keep_shapes(table: "Table") -> None:
    """Keep the first of all rows of a table that have the same words and types."""
    rows: dict[tuple[object, ...], int] = {}
    for number, row in enumerate(zip(*(variable.values for variable in table.variables), strict=True)):
        rows.setdefault(tuple(value if isinstance(value, str) else type(value) for value in row), number)
    for variable in table.variables:
        variable.values = [variable.values[number] for number in rows.values()]


def pack(folder: Path, archive: Path) -> None:
    """Write the files of a folder as tar.gz without dates and owners, so that the same files give the same bytes."""
    with (
        whole_file(archive) as partial,
        partial.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for path in sorted(folder.iterdir()):
            entry = tarfile.TarInfo(path.name)
            entry.size = path.stat().st_size
            with path.open("rb") as content:
                tar.addfile(entry, content)
