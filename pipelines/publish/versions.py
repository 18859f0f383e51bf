"""Published versions: the swap that makes one visible, the way back, and how long they are kept."""

import os
from datetime import UTC, datetime

from pipelines.commit_points import passed
from pipelines.errors import ConcordError
from pipelines.home import Home, move_into_place
from pipelines.identity.history import announce, record_changes
from pipelines.publish.candidate import stamp_of
from pipelines.settings import Settings
from pipelines.state import State, Version
from pipelines.warehouse import POINTER, current_version, version_file


def publish(settings: Settings, state: State, through: int, *, has_new_customers: bool = False) -> Version:
    """Make the audited candidate the version that people read, and sweep versions beyond the number to keep.

    Readers see the old version until the pointer is swapped, and the new one from then on. Where it was told anew which
    customer a record is of (``has_new_customers``), what became of customers is written into the log of identity. The caller
    holds the build lock.
    """
    home = settings.home
    adopt(home, state)
    before = current_version(home)
    number = 1 + max((version.number for version in state.versions()), default=0)
    if before is not None and has_new_customers:
        announce(state, number, before)
    home.candidate.chmod(0o600)
    move_into_place(home.candidate, version_file(home, number))
    passed("version.renamed")
    _point_to(home, number)
    passed("version.swapped")
    version = Version(number, datetime.now(UTC), through)
    state.record_version(version)
    passed("version.recorded")
    record_changes(home, state)
    sweep(settings, state)
    return version


def adopt(home: Home, state: State) -> None:
    """Finish what a run that was killed at its publishing left to do.

    The current version is recorded if it was swapped in and no more, what was never swapped in is dropped, and the log of
    identity is told what became of customers. The caller holds the build lock.
    """
    known = {version.number for version in state.versions()}
    current = current_version(home)
    if current is not None and current not in known:
        state.record_version(Version(current, datetime.now(UTC), stamp_of(home, current).through))
        known.add(current)
    for path in home.published.glob("warehouse-*.duckdb*"):
        if _number(path.name) not in known:
            path.unlink()
    record_changes(home, state)


def kept(home: Home, state: State) -> list[Version]:
    """Return the versions whose files are there, oldest first."""
    return [version for version in state.versions() if version_file(home, version.number).exists()]


def rollback(settings: Settings, state: State, number: int | None = None) -> Version:
    """Point readers to the version ``number``, or to the newest one before the current.

    The log keeps everything: the next run starts from that version and takes in what it lacks. ConcordError when the
    version is not kept.
    """
    home = settings.home
    with home.lock("build"):
        adopt(home, state)
        current = current_version(home)
        versions = kept(home, state)
        if current is None:
            raise ConcordError("Nothing has been published yet.", hint="Run `concord run` first.")
        if number is None:
            older = [version for version in versions if version.number < current]
            if not older:
                raise ConcordError(f"There is no kept version before {current}.", hint="`concord status` lists them.")
            target = older[-1]
        else:
            found = [version for version in versions if version.number == number]
            if not found:
                names = ", ".join(str(version.number) for version in versions)
                raise ConcordError(f"Version {number} is not kept.", hint=f"Kept versions: {names}.")
            target = found[0]
        _point_to(home, target.number)
        return target


def sweep(settings: Settings, state: State) -> None:
    """Remove the oldest versions beyond the number to keep, never the one that is read."""
    current = current_version(settings.home)
    for version in kept(settings.home, state)[: -settings.warehouse.keep_versions]:
        if version.number != current:
            version_file(settings.home, version.number).unlink(missing_ok=True)


def drop_others(home: Home, state: State) -> list[int]:
    """Remove every version but the one that is read, and return their numbers. The caller holds the build lock."""
    current = current_version(home)
    others = [version.number for version in kept(home, state) if version.number != current]
    for number in others:
        version_file(home, number).unlink()
    return others


def _point_to(home: Home, number: int) -> None:
    aside = home.published / f"{POINTER}.{os.getpid()}"
    aside.write_text(f"{number}\n", encoding="ascii")
    move_into_place(aside, home.published / POINTER)


def _number(name: str) -> int:
    digits = name.removeprefix("warehouse-").split(".")[0]
    return int(digits) if digits.isdigit() else -1
