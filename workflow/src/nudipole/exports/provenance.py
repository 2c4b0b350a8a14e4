"""Where an exported file comes from, in words for its head."""

from dataclasses import dataclass

from nudipole import __version__

LICENCE = "CC-BY-4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
AUTHORS = "The nudipole authors"


@dataclass(frozen=True)
class Provenance:
    """The table of limits that an export was made from.

    limits_sha256: of the file `limits.parquet`. config_digest: of the configuration it was computed with.
    """

    limits_sha256: str
    config_digest: str
    package_version: str = __version__

    @property
    def statement(self) -> str:
        """Program, table and configuration in one line."""
        return (
            f"nudipole {self.package_version} from limits.parquet with sha256 {self.limits_sha256}, "
            f"configuration {self.config_digest}"
        )

    @property
    def how_to_cite(self) -> str:
        """What to cite for a curve, in one line."""
        return f"{AUTHORS}, nudipole {self.package_version}, and the references named here"
