"""A real PostgreSQL for tests: made in a folder of its own, reachable on 127.0.0.1 only, gone afterwards."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PASSWORD = "geheim/&%"
PASSWORD_IN_URL = "geheim%2F%26%25"


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    if elsewhere is not None:
        return Path(elsewhere).resolve().parent
    reason = "PostgreSQL is not installed: apt-get install postgresql, or `make test`, which does it"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _account() -> pwd.struct_passwd | None:
    """The user that runs the server: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("neither the user postgres nor nobody is there")


def _call(account: pwd.struct_passwd | None, folder: Path, *command: str | Path) -> None:
    identity = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
        **identity,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"


@contextmanager
def postgres(time_zone: str = "America/St_Johns") -> Iterator[str]:
    """Start a server for this block and yield its URL (with a password); the server's clock is not UTC on purpose.

    Skips the test where PostgreSQL is not installed, and fails it there when the environment says CI.
    """
    binaries, account = _binaries(), _account()
    folder = Path(tempfile.mkdtemp(prefix="concord-postgres-"))
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        secret = folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        secret.chmod(0o644)
        data, log = folder / "data", folder / "log"
        _call(account, folder, binaries / "initdb", "-D", data, "-U", "concord", "-A", "scram-sha-256",
              f"--pwfile={secret}", "-E", "UTF8", "--no-locale", "--no-sync")  # fmt: skip
        port = free_port()
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off -c timezone={time_zone}"
        _call(account, folder, binaries / "pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "-o", options, "start")
        try:
            yield f"postgresql://concord:{PASSWORD_IN_URL}@127.0.0.1:{port}/postgres"
        finally:
            _call(account, folder, binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
