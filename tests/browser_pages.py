"""A headless browser that keeps an account of what a page says and asks for."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

LOCAL = ("file:", "data:", "blob:")


@dataclass
class Account:
    """What a page did: errors on the console or uncaught, and addresses it asked for beside local ones."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def chromium() -> str | None:
    """Return the browser to use, if there is one."""
    names = [os.environ.get("NUDIPOLE_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium without a window; `make browser` installs it on Debian."""
    found = chromium()
    if found is None:
        pytest.skip("no Chromium here; `make browser` installs it on Debian, or name one in NUDIPOLE_CHROMIUM")
    # other environments, such as that of the peers, have no Playwright
    playwright_api = pytest.importorskip("playwright.sync_api")
    with playwright_api.sync_playwright() as driver:
        # its sandbox needs rights that containers and root do not have
        running = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield running
        running.close()


Opener = Callable[..., tuple[Any, Account]]


@pytest.fixture
def open_page(browser: Any) -> Iterator[Opener]:
    """Open a file, with an account of its errors and requests; the network is off."""
    contexts = []

    def opened(path: Path, fragment: str = "", **options: object) -> tuple[Any, Account]:
        context = browser.new_context(offline=True, accept_downloads=True, **options)
        contexts.append(context)
        page, account = context.new_page(), Account()
        page.on("console", lambda said: account.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: account.errors.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(LOCAL) else account.requests.append(asked.url))
        page.goto(path.as_uri() + fragment)
        return page, account

    yield opened
    for context in contexts:
        context.close()
