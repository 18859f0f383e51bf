"""Serve the dashboards on this machine."""

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from pipelines.settings import REPOSITORY, Settings


def serve(settings: Settings, port: int, announce: Callable[[str], None]) -> NoReturn:
    """Become Streamlit, on 127.0.0.1, until it is interrupted; a port that is taken is replaced by a free one.

    ``announce`` is called with the address before the server starts. This process becomes the server: there is no other
    that could stay behind.
    """
    chosen = port if port and _is_free(port) else _free_port()
    announce(f"http://127.0.0.1:{chosen}")
    sys.stdout.flush()
    environment = {**os.environ, "CONCORD_CONFIG": str(settings.file), "CONCORD_HOME": str(settings.home.root)}
    command = [sys.executable, "-m", "streamlit", "run", str(REPOSITORY / "dashboards" / "app.py")]
    options = ["--server.address=127.0.0.1", f"--server.port={chosen}", "--server.headless=true"]
    os.chdir(REPOSITORY)
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
    os.execve(sys.executable, [*command, *options, "--logger.level=warning"], environment)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
