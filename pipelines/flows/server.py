"""A Prefect API for the time of one run: no server to install, none left behind.

Runs in a process of its own that listens on a free port of 127.0.0.1, says which on standard output, and ends with the
process that started it, however that one ends: its standard input closes then.
"""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import ConcordError

_STARTUP_SECONDS = 120.0


class PrefectApi:
    """The API of a run. It starts at once and in the background; `wait` returns when it answers."""

    def __init__(self, home: Path) -> None:
        """Start the API with its database under ``home``, unless the environment names one (PREFECT_API_URL)."""
        defaults = {
            "PREFECT_HOME": str(home / "prefect"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_LOGGING_LEVEL": "CRITICAL",
            "DO_NOT_TRACK": "1",
        }
        for name, value in defaults.items():
            os.environ.setdefault(name, value)
        self._process: subprocess.Popen[bytes] | None = None
        if "PREFECT_API_URL" in os.environ:
            return
        log = home / "logs" / "prefect.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pipelines.flows.server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        port = int(self._process.stdout.readline() or 0)
        self._url = f"http://127.0.0.1:{port}/api"
        os.environ["PREFECT_API_URL"] = self._url

    def wait(self) -> None:
        """Wait until the API answers; ConcordError when it does not within two minutes."""
        if self._process is None:
            return
        deadline = time.monotonic() + _STARTUP_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if self.answers():
                return
            time.sleep(0.1)
        self.close()
        raise ConcordError(
            "Prefect's API does not start.",
            hint="See logs/prefect.log under CONCORD_HOME, or set PREFECT_API_URL to a Prefect server of yours.",
        )

    def answers(self) -> bool:
        """Whether the API is ready."""
        if self._process is None:
            return True
        try:
            with urllib.request.urlopen(f"{self._url}/health", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def close(self) -> None:
        """End the process, if this object started one."""
        if self._process is None:
            return
        os.environ.pop("PREFECT_API_URL", None)
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


@contextmanager
def prefect_api(home: Path) -> Iterator[PrefectApi]:
    """Start the API for this block and end it afterwards."""
    api = PrefectApi(home)
    try:
        yield api
    finally:
        api.close()


def _serve() -> None:
    def end_with_parent() -> None:
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=end_with_parent, daemon=True).start()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    print(port, flush=True)
    os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{port}/api"
    os.environ["PREFECT_UI_ENABLED"] = "false"

    import uvicorn
    from prefect.server.api.server import create_app

    config = uvicorn.Config(create_app(ephemeral=True, final=True), log_level="error", lifespan="on")
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    _serve()
