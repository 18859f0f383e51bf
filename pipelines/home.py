"""The one folder that a warehouse lives in: its rooms, its locks, and files that survive a power cut."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import ConcordError, ConfigurationError


@dataclass(frozen=True)
class Home:
    """Paths under CONCORD_HOME. Everything that a run writes is in here, and the folder can be deleted."""

    root: Path

    @property
    def landing(self) -> Path:
        """The log: ``landing/<system>/<table>/<batch>.parquet``."""
        return self.root / "landing"

    @property
    def quarantine(self) -> Path:
        """Rows that broke their contract: ``quarantine/<system>/<table>/<batch>.parquet``."""
        return self.root / "quarantine"

    @property
    def work(self) -> Path:
        """Half-done files of a running ingest; swept at the next one."""
        return self.root / "work"

    @property
    def contracts(self) -> Path:
        """The rules of the contracts as Great Expectations writes them in SQL; what is missing it writes again."""
        return self.compiled / "contracts"

    @property
    def candidate(self) -> Path:
        """The warehouse being built; always the same path, so that dbt's manifest stays valid."""
        return self.root / "candidate" / "warehouse.duckdb"

    @property
    def spill(self) -> Path:
        """Where a build writes what does not fit into memory; not in ``work``, which an ingest sweeps at any time."""
        return self.root / "candidate" / "spill"

    @property
    def log_catalog(self) -> Path:
        """Views over the batches that the build at hand takes in."""
        return self.root / "candidate" / "log.duckdb"

    @property
    def published(self) -> Path:
        """Versions that people read, and the pointer CURRENT."""
        return self.root / "published"

    @property
    def project(self) -> Path:
        """The dbt project of this configuration: Concord's models and the mappings of its sources."""
        return self.root / "project"

    @property
    def compiled(self) -> Path:
        """What dbt made of the models, and Great Expectations of the contracts; with CONCORD_COMPILED several homes share it."""
        shared = os.environ.get("CONCORD_COMPILED")
        return Path(shared).absolute() if shared else self.root / "compiled"

    @property
    def state_url(self) -> str:
        """Default URL of the state store."""
        return f"sqlite:///{self.root / 'state.db'}"

    def own_compiled(self) -> Path:
        """Return the folder ``compiled``, made when it is not there; ConfigurationError when others may write into it."""
        folder = self.compiled
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = folder.stat()
        if found.st_uid != os.getuid() or found.st_mode & 0o022:
            raise ConfigurationError(
                f"Others may write into {folder}, and what lies there is executed.",
                hint=f"It has to be yours alone: chmod go-w {folder}, or name another folder in CONCORD_COMPILED.",
            )
        return folder

    def create(self) -> None:
        """Make the folder, readable by its owner only."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.own_compiled()
            for folder in (
                self.landing,
                self.quarantine,
                self.work,
                self.contracts,
                self.candidate.parent,
                self.published,
            ):
                folder.mkdir(exist_ok=True)
        except OSError as error:
            raise ConcordError(
                f"The home {self.root} cannot be written: {error.strerror}.",
                hint="Set CONCORD_HOME to a folder that you own.",
            ) from error

    @contextmanager
    def lock(self, name: str, *, wait: bool = True) -> Iterator[None]:
        """Hold the lock ``name`` of this home; the system frees it when the process ends, however it ends.

        Raises ConcordError when ``wait`` is false and another process holds it.
        """
        folder = self.root / "locks"
        folder.mkdir(exist_ok=True)
        with (folder / f"{name}.lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError as error:
                raise ConcordError(
                    f"Another process is at work here: it holds the lock '{name}' of {self.root}.",
                    hint="Wait until it ends; the lock is freed even if it crashes.",
                ) from error
            yield


def sync_file(path: Path) -> None:
    """Force the content of a file or the entries of a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move_into_place(aside: Path, target: Path) -> None:
    """Rename a finished file to its final name so that a power cut leaves either none of it or all of it."""
    sync_file(aside)
    aside.replace(target)
    sync_file(target.parent)
