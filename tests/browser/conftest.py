"""A whole site as a visitor gets it (`make run` with the demo), and a browser in front of it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from config.local.services import CHECKOUT
from tests.local.conftest import SET_BY_RUNNER

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
PASSWORD = "laurel-demo"
expect.set_options(timeout=15_000)  # the machine may have much to do at the same time
PHONE, DESK = {"width": 360, "height": 780}, {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the browser tests. `make test` runs them in a process of their own: one site serves them all, and the event
    loop that Playwright keeps in its thread cannot be mistaken by Django for asynchronous code in other tests.
    """
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Site:
    """A running Laurel with the demo, on a data folder of its own."""

    def __init__(self, address: str, data: Path, process: subprocess.Popen[str]) -> None:
        self.address, self.data, self.process = address, data, process

    def url(self, path: str) -> str:
        return self.address + path


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Start everything as `make run` does, once, and stop it as Ctrl-C does."""
    parent = Path(tempfile.mkdtemp(prefix="laurel-site-"))
    parent.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if name not in SET_BY_RUNNER}
    env |= {"LAUREL_DEMO_JOURNEYS": "12"}  # enough for every page, and there in seconds
    env |= {"UPLOAD_PART_SIZE": "250000"}  # a small file then has many parts
    env |= {"ERASURE_GRACE_DAYS": "0"}  # nobody waits two weeks for a certificate here
    env |= {"UNDO_SECONDS": "3"}  # a reading counts soon
    env |= {"API_ANON_RATE": "10000/min", "API_USER_RATE": "10000/min"}
    process = subprocess.Popen(
        [sys.executable, "-m", "config.local", "run", "--data", str(parent / "data"), "--port", str(port)],
        cwd=CHECKOUT,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Press Ctrl-C"):
            break
    else:
        pytest.fail("The site did not start:\n" + "".join(lines))
    yield Site(f"http://127.0.0.1:{port}", parent / "data", process)
    process.send_signal(signal.SIGINT)
    process.wait(60)
    process.stdout.close()
    shutil.rmtree(parent)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Skipped, with the reason, where there is none."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: install Debian's package “chromium” to run the browser tests")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failed test reports what its pages showed at that moment."""
    report = yield
    if report.when == "call" and report.failed and (visit := item.funcargs.get("visit")):
        for page in visit.pages:
            with suppress(PlaywrightError):
                report.sections.append((page.url, page.inner_text("body", timeout=2000)[:3000]))
    return report


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Callable[..., Page]]:
    """`visit("earner")` opens a page signed in as that demo account; `visit(None)` as a visitor.

    Errors in the browser's console (a broken script, a violated content policy) fail the test at its end.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(account: str | None, *, javascript: bool = True, size: dict[str, int] = DESK) -> Page:
        context = browser.new_context(base_url=site.address, java_script_enabled=javascript, viewport=size)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        open_page.pages.append(page)
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if account is not None:
            sign_in(page, account)
        return page

    open_page.pages = []
    yield open_page
    for context in contexts:
        context.close()
    # What a page answers with 4xx on purpose is logged by the browser as well; that is no complaint of ours.
    assert [each for each in complaints if "Failed to load resource" not in each] == []


def sign_in(page: Page, account: str) -> None:
    """Through the form, as people do."""
    page.goto("/signin/")
    page.get_by_label("Email").or_(page.get_by_label("E-mail")).first.fill(f"{account}@demo.example")
    page.locator("input[type=password]").first.fill(PASSWORD)
    page.locator("main form button.btn").first.click()
    page.wait_for_url(lambda url: "/signin/" not in url)
