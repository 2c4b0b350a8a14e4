"""Checked access to one mapping of the catalogue."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from nudipole.errors import DataError

_SHA256 = re.compile(r"[0-9a-f]{64}")


class Entry:
    """A mapping of the catalogue that knows its place, so that errors can name it."""

    def __init__(self, content: object, where: str, keys: Iterable[str]) -> None:
        if not isinstance(content, Mapping):
            raise DataError(f"catalogue, {where}: expected key: value pairs, found {content!r}")
        unknown = sorted(str(key) for key in content if key not in set(keys))
        if unknown:
            raise DataError(f"catalogue, {where}: unknown key '{unknown[0]}'; allowed: {', '.join(keys)}")
        self.content: Mapping[str, Any] = content
        self.where = where

    def fail(self, key: str, wanted: str) -> DataError:
        """The error for a key whose value is missing or not what is wanted."""
        found = f"found {self.content[key]!r}" if key in self.content else "the key is missing"
        return DataError(f"catalogue, {self.where}, key '{key}': {wanted}, {found}")

    def text(self, key: str, *, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        value = self.content.get(key, default)
        if not isinstance(value, str):
            raise self.fail(key, "a text is needed")
        return value

    def optional_text(self, key: str) -> str | None:
        """A text or null."""
        return None if self.content.get(key) is None else self.text(key)

    def choice(self, key: str, allowed: Iterable[str]) -> str:
        """One of the allowed texts."""
        value = self.content.get(key)
        if value not in tuple(allowed):
            raise self.fail(key, f"one of {', '.join(allowed)} is needed")
        return str(value)

    def positive_int(self, key: str, *, default: int | None = None) -> int:
        """A whole number above zero."""
        value = self.content.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.fail(key, "a whole number above zero is needed")
        return value

    def sha256(self, key: str) -> str:
        """A SHA-256 in lower-case hexadecimal digits."""
        value = self.text(key)
        if not _SHA256.fullmatch(value):
            raise self.fail(key, "a SHA-256 of 64 lower-case hexadecimal digits is needed")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, possibly empty."""
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail(key, "a list of texts is needed")
        return tuple(value)
