"""A person's machine, and ``concord`` as a person or a scheduler starts it."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.settings import REPOSITORY
from tests.extracts import EXAMPLE, TinyCompany, small_company

HELPERS = (b"pipelines.flows.server", b"multiprocessing.spawn", b"multiprocessing.resource_tracker")


@dataclass
class Desk:
    """A person's machine: extracts, a home, a folder for temporary files, and the real command.

    The command compiles the project anew, as it does for a newcomer, unless ``compiled`` says where that was done.
    """

    folder: Path
    compiled: Path | None = None
    company: TinyCompany = field(default_factory=small_company)

    def __post_init__(self) -> None:
        for name in ("extracts", "temporary", "person", "elsewhere"):
            (self.folder / name).mkdir()
        self.company.write(self.folder / "extracts")

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def start(self, *arguments: str, home: str = "home", **variables: str) -> subprocess.Popen[str]:
        """Start ``concord`` in a session of its own."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("CONCORD_", "PREFECT_"))
        }
        environment |= {
            "CONCORD_EXTRACTS": str(self.folder / "extracts"),
            "CONCORD_HOME": str(self.folder / home),
            "PREFECT_HOME": str(self.folder / "prefect"),
            "TMPDIR": str(self.folder / "temporary"),
            "HOME": str(self.folder / "person"),
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TEST_MARK": str(self.folder),
        } | variables
        if self.compiled is not None:
            environment["CONCORD_COMPILED"] = str(self.compiled)
        return subprocess.Popen(
            [sys.executable, "-m", "pipelines.cli", *arguments],
            cwd=self.folder / "elsewhere",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def concord(
        self, *arguments: str, exit_code: int | None = 0, config: bool = True, home: str = "home"
    ) -> subprocess.CompletedProcess[str]:
        """Run ``concord`` to its end."""
        named = ("--config", str(EXAMPLE)) if config else ()
        process = self.start(*arguments, *named, home=home)
        try:
            out, err = process.communicate(timeout=240)
        except BaseException:
            process.kill()
            raise
        assert "Traceback" not in err, err
        assert exit_code is None or process.returncode == exit_code, f"{process.returncode}\n{out}\n{err}"
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def json(self, *arguments: str, exit_code: int = 0) -> Any:
        """Run ``concord … --json`` and return the one document on standard output."""
        return json.loads(self.concord(*arguments, "--json", exit_code=exit_code).stdout)

    def order_numbers(self) -> set[str]:
        answer = self.json("sql", "select distinct order_number from core.fct_sales_order_line")
        return {row["order_number"] for row in answer["rows"]}

    def helpers(self) -> list[int]:
        """The processes that ``concord`` was started from here with and are alive: of Prefect, and of a rehearsal."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes()
                if (
                    any(helper in words for helper in HELPERS)
                    and os.fsencode(str(self.folder)) in (entry / "environ").read_bytes()
                ):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def await_helpers(self, count: int, seconds: float = 60) -> list[int]:
        """Wait until so many helpers are alive; return them as they are at the end."""
        deadline = time.monotonic() + seconds
        while len(self.helpers()) != count and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.helpers()


def one_line(text: str) -> str:
    """The words of a message, however the terminal wraps them."""
    return " ".join(text.split())
