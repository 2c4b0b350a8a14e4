"""`make verify ARCHIVE=...`: python -m nudipole.archive.verify ARCHIVE [--quick | --this-python] [--directory DIR]."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nudipole.archive.content import CONFIG
from nudipole.archive.tar import unpack
from nudipole.errors import DataError, NudipoleError
from nudipole.provenance.comparison import comparison
from nudipole.provenance.digest import file_sha256
from nudipole.provenance.manifest import MANIFEST, read_manifest

PROFILE = "workflow/profiles/default"
OWN = ("PYTHONPATH", "PYTHONHOME", "MAKEFLAGS", "MAKELEVEL", "VIRTUAL_ENV")
"""Variables of this run that the other must not inherit."""


def check_sums(folder: Path) -> int:
    """Return the number of files of an unpacked archive that the manifest lists; DataError if one was altered."""
    manifest = read_manifest(folder / MANIFEST)
    listed = {**manifest["results_sha256"], **manifest["code_sha256"], **manifest["locks_sha256"]}
    # datasets stand among the inputs by their name as well
    listed |= {name: digest for name, digest in manifest["inputs_sha256"].items() if (folder / name).exists()}
    for name, digest in listed.items():
        path = folder / name
        if not path.is_file():
            raise DataError(f"{name} is missing in the archive; download it again")
        if file_sha256(path) != digest:
            raise DataError(f"{name} is not the file that the manifest of the archive lists; download it again")
    return len(listed)


def rebuild(folder: Path, *, this_python: bool) -> tuple[bool, str]:
    """Run the analysis of an unpacked archive from nothing; return whether all results are the same, and the words.

    The archived results are kept beside the new ones as `published/`. this_python: with the present environment in
    place of one that `make` builds from the locks.
    """
    (folder / "results").rename(folder / "published")
    run = ["--configfile", CONFIG]
    snakemake = [sys.executable, "-m", "snakemake", "--cores", "all", "--workflow-profile", PROFILE, *run]
    command = snakemake if this_python else ["make", f"CONFIG={CONFIG}"]
    environment = {name: value for name, value in os.environ.items() if name not in OWN}
    if subprocess.run(command, cwd=folder, env=environment, check=False).returncode:
        raise DataError(f"the run of the archive stopped with an error; its logs are in {folder / 'results/logs'}")
    old, new = (read_manifest(folder / name / MANIFEST.name) for name in ("published", "results"))
    return comparison(old, new)


def main(words: Sequence[str] | None = None) -> int:
    """Check an archive, rebuild it, and say what differs; 0 only if nothing does."""
    parser = argparse.ArgumentParser(prog="python -m nudipole.archive.verify", description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--directory", type=Path, help="a new folder to unpack to (default: a temporary one)")
    parser.add_argument("--quick", action="store_true", help="only compare the checksums of what is in the archive")
    parser.add_argument("--this-python", action="store_true", help="use the present environment, build none")
    args = parser.parse_args(words)
    target = args.directory or Path(tempfile.mkdtemp(prefix="nudipole-"))
    try:
        folder = unpack(args.archive, target)
        print(f"{check_sums(folder)} files of {folder} are those that the manifest lists", flush=True)
        if args.quick:
            return 0
        same, text = rebuild(folder, this_python=args.this_python)
    except NudipoleError as error:
        print(f"nudipole: {error}", file=sys.stderr)
        return 1
    print(text)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
