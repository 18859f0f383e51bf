"""A server with the dashboards, and a real browser that looks at them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright import sync_api
from playwright.sync_api import expect

from pipelines.home import Home
from pipelines.settings import REPOSITORY
from pipelines.warehouse import current_version
from tests.browser.small_warehouse import write_version

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 15_000  # milliseconds

CONFIGURATION = f"""
[warehouse]
name = "Müller & <Sons>"
group_currency = "EUR"

[sources.crm]
kind = "files"
path = "."
models = "{REPOSITORY / "docs" / "examples" / "crm-erp-csv" / "models" / "staging" / "crm"}"

[sources.crm.tables.account]
file = "account.csv"
key = ["id"]
columns = {{ id = "text" }}
"""


@dataclass
class Site:
    """A running server, a browser page on it, and all that the browser and the server complained about."""

    address: str
    home: Home
    page: sync_api.Page
    log: Path
    complaints: list[str] = field(default_factory=list)

    def visit(self, path: str) -> None:
        self.page.goto(f"{self.address}/{path}")

    def assert_no_complaints(self) -> None:
        assert self.complaints == []
        assert "Traceback" not in self.log.read_text(encoding="utf-8")
        assert self.page.get_by_test_id("stException").count() == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_served(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"Streamlit does not answer:\n{log.read_text(encoding='utf-8')}")


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    if not CHROMIUM.exists():
        message = f"{CHROMIUM} is missing: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    expect.set_options(PATIENCE)
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Home, Path]]:
    """A server on a home where nothing is published yet: its address, the home and its log."""
    folder = tmp_path_factory.mktemp("dashboards")
    home = Home(folder / "home")
    home.create()
    configuration = folder / "concord.toml"
    configuration.write_text(CONFIGURATION, encoding="utf-8")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    log = folder / "streamlit.log"
    environment = {**os.environ, "CONCORD_HOME": str(home.root), "CONCORD_CONFIG": str(configuration)}
    command = [sys.executable, "-m", "streamlit", "run", "dashboards/app.py", f"--server.port={port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            wait_until_served(address, process, log)
            yield address, home, log
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def site(browser: sync_api.Browser, served: tuple[str, Home, Path]) -> Iterator[Site]:
    """A fresh page on the server. Complaints are errors of the page, and anything asked of another machine."""
    address, home, log = served
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    site = Site(address, home, page, log)

    def heard(message: sync_api.ConsoleMessage) -> None:
        # On a deep link Streamlit looks for its server beside the page first, and then at the root.
        looks_for_server = "/_stcore/" in message.location.get("url", "")
        if message.type == "error" and not looks_for_server:
            site.complaints.append(message.text)

    def asked(request: sync_api.Request) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            site.complaints.append(f"asked {request.url}")

    page.on("console", heard)
    page.on("pageerror", lambda error: site.complaints.append(str(error)))
    page.on("request", asked)
    yield site
    context.close()


@pytest.fixture
def site_with_version_one(site: Site) -> Site:
    if current_version(site.home) != 1:
        write_version(site.home, 1, monthly_revenue=2_500)
    return site
