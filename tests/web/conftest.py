"""The board in a real browser: Debian's Chromium, driven by Playwright."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from board_world import make_portfolio, served
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")


# Not for the session: as long as Playwright is open, a loop runs, and Prefect takes whoever else is tested for asynchronous.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("the browser is missing; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
        )
        yield found
        found.close()


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a board that everybody on this machine may use, for tests that only look."""
    config = make_portfolio(tmp_path_factory.mktemp("web") / "cartera")
    with served(config) as address:
        yield address


@pytest.fixture
def complaints() -> list[str]:
    """What pages complain about; a test that expects it clears it."""
    return []


def _is_fault(said: ConsoleMessage) -> bool:
    # A request that is under way when its page is left is no fault of either.
    is_left = said.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
    return said.type == "error" and not is_left


@pytest.fixture
def open_page(browser: Browser, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Open an address in a browser of its own; whatever the page complains about fails the test."""
    contexts = []

    def make(address: str, **options: Any) -> Page:
        context = browser.new_context(**options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _is_fault(said) else None)
        page.goto(address)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []
