"""Download of a provider's original: whole and checked, or not at all."""

import contextlib
import hashlib
import os
import queue
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from nudipole.data.catalog import RemoteSource
from nudipole.errors import FetchError, StorageError

MAX_BYTES = 20_000_000
"""No original of the catalogue is larger than 0.2 MB; a server that sends far more sends something else."""

_CHUNK_BYTES = 65536
_RETRIED_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_MAX_BACKOFF_S = 30.0


class _AttemptFailed(Exception):
    """One attempt failed; `worth_retrying` says whether another one may do better."""

    def __init__(self, what: str, *, worth_retrying: bool) -> None:
        super().__init__(what)
        self.worth_retrying = worth_retrying


def download(source: RemoteSource, target: Path, *, timeout_s: float, retries: int, backoff_s: float = 1.0) -> None:
    """Download `source` to `target`, unless the file is there already.

    `timeout_s` bounds one whole attempt, from the connection to the last byte; `retries` are the attempts
    after the first one, `backoff_s` is the pause before the first of them and doubles each time. The file
    appears at `target` complete and with the SHA-256 of the catalogue; nothing is kept of a failure.
    """
    _check_url(source, target)
    if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == source.sha256:
        return
    content = _with_retries(source, target, timeout_s=timeout_s, retries=retries, backoff_s=backoff_s)
    found = hashlib.sha256(content).hexdigest()
    if found != source.sha256:
        what = f"{len(content)} bytes arrived with SHA-256 {found}, the catalogue says {source.sha256}"
        raise _fetch_error(source, target, f"the file is not the one the catalogue describes: {what}")
    _write_atomically(content, target)


def _with_retries(source: RemoteSource, target: Path, *, timeout_s: float, retries: int, backoff_s: float) -> bytes:
    attempts = max(retries, 0) + 1
    for attempt in range(1, attempts + 1):
        try:
            return _attempt(source.url, timeout_s)
        except _AttemptFailed as failure:
            if not failure.worth_retrying or attempt == attempts:
                tried = f" ({attempt} attempts)" if attempt > 1 else ""
                raise _fetch_error(source, target, f"{failure}{tried}") from failure
        time.sleep(min(backoff_s * 2.0 ** (attempt - 1), _MAX_BACKOFF_S))
    raise AssertionError("unreachable: the last attempt returns or raises")


def _attempt(url: str, timeout_s: float) -> bytes:
    """One attempt, ended at the deadline whatever the server does.

    Socket timeouts start anew with every byte, so a server that trickles headers or content could hold
    the caller for ever. The transfer therefore runs in a daemon thread that is abandoned at the deadline;
    it touches no file.
    """
    outcome: queue.SimpleQueue[bytes | _AttemptFailed] = queue.SimpleQueue()
    deadline = time.monotonic() + timeout_s

    def transfer() -> None:
        try:
            outcome.put(_transfer(url, timeout_s, deadline))
        except _AttemptFailed as failure:
            outcome.put(failure)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            outcome.put(_AttemptFailed(f"{type(error).__name__}: {error}", worth_retrying=True))

    threading.Thread(target=transfer, name="nudipole-download", daemon=True).start()
    try:
        result = outcome.get(timeout=timeout_s)
    except queue.Empty:
        raise _too_slow(timeout_s) from None
    if isinstance(result, _AttemptFailed):
        raise result
    return result


def _transfer(url: str, timeout_s: float, deadline: float) -> bytes:
    # Without compression on the way, Content-Length is the length of the file.
    headers = {"Accept-Encoding": "identity"}
    with requests.get(url, stream=True, timeout=timeout_s, headers=headers) as response:
        if response.status_code != requests.codes.ok:
            what = f"the server answers {response.status_code} {response.reason}"
            raise _AttemptFailed(what, worth_retrying=response.status_code in _RETRIED_STATUS)
        announced = _announced_length(response)
        if announced is not None and announced > MAX_BYTES:
            raise _too_large(announced)
        content = bytearray()
        # read1 hands over what has arrived; read would wait for a full chunk, deaf to the deadline.
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            content += chunk
            if len(content) > MAX_BYTES:
                raise _too_large(len(content))
            if time.monotonic() > deadline:
                raise _too_slow(timeout_s)
    if announced is not None and len(content) != announced:
        what = f"the transfer was cut short: {len(content)} of {announced} bytes arrived"
        raise _AttemptFailed(what, worth_retrying=True)
    return bytes(content)


def _announced_length(response: requests.Response) -> int | None:
    length = response.headers.get("Content-Length", "")
    if "Content-Encoding" in response.headers or not length.isdigit():
        return None
    return int(length)


def _too_slow(timeout_s: float) -> _AttemptFailed:
    return _AttemptFailed(f"the file did not arrive within {timeout_s:g} s", worth_retrying=True)


def _too_large(size: int) -> _AttemptFailed:
    return _AttemptFailed(
        f"the server sends {size} bytes or more, at most {MAX_BYTES} are accepted", worth_retrying=False
    )


def _check_url(source: RemoteSource, target: Path) -> None:
    try:
        parts = urlsplit(source.url)
    except ValueError as error:
        raise _fetch_error(source, target, f"the URL is not valid: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _fetch_error(source, target, "the URL must start with http:// or https:// and name a host")


def _fetch_error(source: RemoteSource, target: Path, what: str) -> FetchError:
    note = f" (note of the catalogue: {source.note})" if source.note else ""
    return FetchError(
        f"dataset '{source.dataset}': {source.url} could not be fetched: {what}. "
        "Use data.source: bundled, check the network and the proxy (HTTPS_PROXY, NO_PROXY), "
        f"or put the provider's file at {target} by hand{note}"
    )


def _write_atomically(content: bytes, target: Path) -> None:
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(target)
    except OSError as error:
        raise StorageError(
            f"{target} cannot be written: {error}; free some space or choose another directory"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
