"""The download against a real server on 127.0.0.1 that behaves, misbehaves, stalls and recovers."""

import hashlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from nudipole.data import remote
from nudipole.data.catalog import RemoteSource
from nudipole.data.remote import download
from nudipole.errors import FetchError, StorageError

SAMPLE = Path(__file__).resolve().parents[1] / "samples" / "two_columns.dat"
CONTENT = SAMPLE.read_bytes()
SHA256 = hashlib.sha256(CONTENT).hexdigest()

# A loopback transfer takes milliseconds; a stalled one must end soon after this.
TIMEOUT_S = 0.5
# Scheduling on a busy machine; far below what a server that holds the connection would cost (30 s).
SLACK_S = 5.0


class Handler(BaseHTTPRequestHandler):
    """The path says how to behave."""

    requests: list[str]
    stop: threading.Event

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.requests.append(self.path)
        getattr(self, "serve_" + self.path.strip("/"))()

    def head(self, status: int = 200, length: int | None = len(CONTENT)) -> None:
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def serve_good(self) -> None:
        self.head()
        self.wfile.write(CONTENT)

    def serve_without_length(self) -> None:
        self.head(length=None)
        self.wfile.write(CONTENT)

    def serve_missing(self) -> None:
        self.head(404, length=0)

    def serve_truncated(self) -> None:
        self.head(length=len(CONTENT) + 100)
        self.wfile.write(CONTENT)

    def serve_altered(self) -> None:
        self.head()
        self.wfile.write(CONTENT.replace(b"1", b"2"))

    def serve_hanging(self) -> None:
        self.stop.wait(30.0)

    def serve_trickling(self) -> None:
        self.head(length=100_000)
        self.trickle(b"x")

    def serve_trickling_header(self) -> None:
        self.wfile.write(b"HTTP/1.0 200 OK\r\nX-Endless: ")
        self.trickle(b"x")

    def trickle(self, byte: bytes) -> None:
        try:
            while not self.stop.wait(0.02):
                self.wfile.write(byte)
        except OSError:
            pass  # the client gave up, as it should

    def serve_flaky(self) -> None:
        if self.requests.count("/flaky") < 3:
            self.head(503, length=0)
        else:
            self.serve_good()

    def serve_huge(self) -> None:
        self.head(length=10**12)

    def serve_endless(self) -> None:
        self.head(length=None)
        try:
            while not self.stop.is_set():
                self.wfile.write(b"x" * 65536)
        except OSError:
            pass

    def serve_moved(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/good")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def serve_to_file(self) -> None:
        self.send_response(302)
        self.send_header("Location", "file:///etc/hostname")
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """URL of a server of its own for each test."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    handler = type("TestHandler", (Handler,), {"requests": [], "stop": threading.Event()})
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    httpd.daemon_threads = True
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_address[1]}"
    finally:
        handler.stop.set()
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def source(url: str, sha256: str = SHA256) -> RemoteSource:
    return RemoteSource("toy", url, sha256, "bahcall_two_columns", note="url unverified: a test")


def fetch(url: str, target: Path, *, retries: int = 0, timeout_s: float = TIMEOUT_S) -> None:
    download(source(url), target, timeout_s=timeout_s, retries=retries, backoff_s=0.01)


def assert_nothing_left(directory: Path) -> None:
    assert list(directory.iterdir()) == []


@pytest.mark.parametrize("path", ["good", "without_length", "moved"])
def test_a_good_file_arrives_whole(server: str, tmp_path: Path, path: str) -> None:
    target = tmp_path / "new" / "original.dat"
    fetch(f"{server}/{path}", target, timeout_s=SLACK_S)
    assert target.read_bytes() == CONTENT
    assert [entry.name for entry in target.parent.iterdir()] == ["original.dat"]


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("missing", r"the server answers 404"),
        ("altered", r"not the one the catalogue describes: \d+ bytes arrived with SHA-256"),
        ("truncated", r"IncompleteRead|cut short"),
        ("huge", r"at most 20000000 are accepted"),
        ("to_file", r"InvalidSchema"),
    ],
)
def test_a_bad_answer_leaves_nothing_and_says_what_to_do(server: str, tmp_path: Path, path: str, what: str) -> None:
    target = tmp_path / "original.dat"
    with pytest.raises(FetchError, match=what) as caught:
        fetch(f"{server}/{path}", target, timeout_s=SLACK_S)
    message = str(caught.value)
    for part in (
        "dataset 'toy'",
        f"{server}/{path}",
        "data.source: bundled",
        "proxy",
        str(target),
        "url unverified",
    ):
        assert part in message
    assert_nothing_left(tmp_path)


@pytest.mark.parametrize("path", ["hanging", "trickling", "trickling_header"])
def test_a_stalled_transfer_ends_at_the_deadline(server: str, tmp_path: Path, path: str) -> None:
    start = time.monotonic()
    with pytest.raises(FetchError, match=r"did not arrive within 0.5 s|Timeout"):
        fetch(f"{server}/{path}", tmp_path / "original.dat")
    assert time.monotonic() - start < TIMEOUT_S + SLACK_S
    assert_nothing_left(tmp_path)


def test_an_endless_file_ends_at_the_size_limit(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MAX_BYTES", 10**6)
    with pytest.raises(FetchError, match="at most 1000000 are accepted"):
        fetch(f"{server}/endless", tmp_path / "original.dat", timeout_s=SLACK_S)
    assert_nothing_left(tmp_path)


def test_a_passing_fault_is_retried(server: str, tmp_path: Path) -> None:
    target = tmp_path / "original.dat"
    fetch(f"{server}/flaky", target, retries=2, timeout_s=SLACK_S)
    assert target.read_bytes() == CONTENT


def test_retries_are_counted_and_end(server: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"the server answers 503 .* \(2 attempts\)"):
        fetch(f"{server}/flaky", tmp_path / "original.dat", retries=1, timeout_s=SLACK_S)
    assert_nothing_left(tmp_path)


def test_a_lasting_fault_is_not_retried(server: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(f"{server}/missing", tmp_path / "original.dat", retries=5, timeout_s=SLACK_S)
    assert "attempts" not in str(caught.value)


def test_a_closed_port_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with pytest.raises(FetchError, match="ConnectionError"):
        fetch("http://127.0.0.1:1/x", tmp_path / "original.dat", timeout_s=SLACK_S)
    assert_nothing_left(tmp_path)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "file:///etc/hostname", "http:///x", "toy.dat", "http://[x"])
def test_other_urls_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(FetchError, match="URL"):
        fetch(url, tmp_path / "original.dat")


def test_a_file_put_there_by_hand_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "original.dat"
    target.write_bytes(CONTENT)
    fetch("http://127.0.0.1:1/never-asked", target)
    assert target.read_bytes() == CONTENT


def test_a_wrong_file_is_replaced_only_by_the_right_one(server: str, tmp_path: Path) -> None:
    target = tmp_path / "original.dat"
    target.write_bytes(b"old")
    with pytest.raises(FetchError):
        fetch(f"{server}/altered", target, timeout_s=SLACK_S)
    assert target.read_bytes() == b"old"
    fetch(f"{server}/good", target, timeout_s=SLACK_S)
    assert target.read_bytes() == CONTENT


def test_a_directory_that_cannot_be_written_is_reported(server: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError, match="cannot be written"):
        fetch(f"{server}/good", tmp_path / "file" / "original.dat", timeout_s=SLACK_S)
