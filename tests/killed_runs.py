"""Runs that are killed at a commit point or at a random moment, and the promises that hold afterwards."""

import faulthandler
import filecmp
import multiprocessing
import multiprocessing.process
import os
import random
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from pipelines import commit_points
from pipelines.home import Home
from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import current_version, version_file
from tests.extracts import TinyCompany, contents, customer, example_settings, product, sale, small_company

# What differs between two ways to the same company: numbers that are given away, and the time of day.
ACCIDENTAL = (
    *("_batch_id", "batch_id", "first_batch_id", "last_batch_id"),
    *("landed_at", "last_landed_at", "extracted_at", "last_extracted_date"),
)

Event = tuple[int, str, int, int | None, str]
"""Version, kind, customer, other customer and evidence of an event in the log of identity."""

_UNKNOWN = 255  # what multiprocessing says when the fork server could not tell how a process ended
_PATIENCE = 240  # seconds; a run takes three
_AFTER_SWAP = {"version.swapped", "version.recorded"}


@dataclass(frozen=True)
class Kill:
    """Where a run is killed: at the ``nth`` passing of a commit point, or ``after`` some share of a run's usual time.

    ``first``: it is the very first run of a home; otherwise one that brings news to a published version.
    """

    point: str = ""
    nth: int = 1
    after: float = 0.0
    first: bool = False

    def __str__(self) -> str:
        where = f"{self.point}#{self.nth}" if self.point else f"after {self.after:.0%}"
        return f"{where}{', first run' if self.first else ''}"


def all_points() -> list[Kill]:
    """Every commit point, in the first run and in a later one, and the second passing of those that come in series."""
    kills = [Kill(point, first=first) for first in (False, True) for point in commit_points.POINTS]
    return kills + [Kill(point, nth=2) for point in commit_points.POINTS if point.startswith("batch.")]


def random_moments(count: int, seed: int) -> list[Kill]:
    """Moments spread over the whole run, the same for the same seed."""
    dice = random.Random(seed)
    return [Kill(after=dice.random(), first=dice.random() < 0.3) for _ in range(count)]


class Laboratory:
    """A published company, news for it, and what an undisturbed run makes of both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.warm"])
        company = small_company()
        company.write(folder / "old")
        _live_on(company)
        company.write(folder / "new")
        published = self._settings("published", "old")
        published.home.create()
        _decide(published, {(2, 3): "same"})
        self.finish(published)
        self.before = _contents(published)
        _decide(published, {(2, 3): "apart", (4, 5): "same"})
        self.after: dict[bool, dict[str, list[str]]] = {}
        self.log: dict[bool, list[Event]] = {}
        self.seconds: dict[bool, float] = {}
        for first in (False, True):
            undisturbed = self._copy(f"undisturbed-{first}", first=first)
            started = time.monotonic()
            self.finish(undisturbed)
            self.seconds[first] = time.monotonic() - started
            self.after[first] = _contents(undisturbed)
            self.log[first] = identity_log(undisturbed)
        assert self.before != self.after[False]
        assert not self.log[True], "the customers of a first version are not told one by one"
        assert {kind for _, kind, *_ in self.log[False]} == {"birth", "merge", "split"}

    def killed(self, name: str, kill: Kill) -> Settings:
        """Return a published company whose run with the news was killed as told."""
        settings = self._copy(name, first=kill.first)
        process = self._start(settings, kill)
        process.join()
        assert process.exitcode in {-signal.SIGKILL, _UNKNOWN}, f"the run ended with {process.exitcode} before {kill}"
        return settings

    def copy(self, name: str, *, keep_versions: int) -> Settings:
        """Return a published company that has not taken in the news."""
        settings = self._copy(name, first=False)
        return settings.model_copy(
            update={"warehouse": settings.warehouse.model_copy(update={"keep_versions": keep_versions})}
        )

    def undisturbed(self, name: str) -> Settings:
        """Return a published company that has taken in the news in a run that nothing disturbed."""
        shutil.copytree(self.folder / "undisturbed-False", self.folder / name, symlinks=True)
        return self._settings(name, "new")

    def finish(self, settings: Settings, *, full: bool = False) -> None:
        """Run, as nobody disturbs it."""
        process = self._start(settings, Kill(), full=full)
        process.join()
        if process.exitcode == _UNKNOWN:  # run again: after a run that ended well there is nothing to do
            process = self._start(settings, Kill())
            process.join()
        assert process.exitcode == 0, f"the run ended with {process.exitcode}"

    def check(self, name: str, kill: Kill) -> None:
        """Kill a run as told, look at what readers see, run again, and compare with the undisturbed run."""
        settings = self._copy(name, first=kill.first)
        process = self._start(settings, kill)
        if kill.after:
            process.join(kill.after * self.seconds[kill.first])
            process.kill()
        process.join()
        if kill.point:
            assert process.exitcode in {-signal.SIGKILL, _UNKNOWN}, (
                f"the run ended with {process.exitcode} before {kill}"
            )

        after = self.after[kill.first]
        if current_version(settings.home) is None:
            assert kill.first, f"the published version is gone ({kill})"
        else:
            seen = self._seen(settings)
            expected = [self.before, after]
            if kill.point:
                expected = [after] if kill.point in _AFTER_SWAP else [self.before]
            assert seen in expected, f"readers see something else than a whole version ({kill})"

        self.finish(settings)
        assert _contents(settings) == after, f"not what an undisturbed run gives ({kill})"
        assert identity_log(settings) == self.log[kill.first], f"the log of identity is another ({kill})"
        self._nothing_is_left_over(settings)
        shutil.rmtree(settings.home.root)

    def _seen(self, settings: Settings) -> dict[str, list[str]]:
        """What readers see; a file that is to the byte that of the version before says what that one says."""
        number = current_version(settings.home)
        assert number is not None
        files = [version_file(Home(self.folder / name), number) for name in ("published", settings.home.root.name)]
        if files[0].exists() and filecmp.cmp(*files, shallow=False):
            return self.before
        return _contents(settings)

    def _nothing_is_left_over(self, settings: Settings) -> None:
        home = settings.home
        with State(settings.state_url.get_secret_value()) as state:
            recorded = {batch.file for batch in state.batches() if batch.file}
            versions = {f"warehouse-{version.number:06d}.duckdb" for version in state.versions()}
        landed = {str(path.relative_to(home.landing)) for path in home.landing.rglob("*") if path.is_file()}
        assert landed == recorded, f"orphans in the log: {landed ^ recorded}"
        left = {path.name for path in home.published.iterdir()} - {"CURRENT"} - versions
        assert not left, f"left in published/: {left}"
        assert not list(home.work.iterdir()), "left in work/"
        assert not home.candidate.exists(), "the candidate is still there"

    def _settings(self, name: str, extracts: str) -> Settings:
        return example_settings(self.folder / extracts, self.folder / name)

    def _copy(self, name: str, *, first: bool) -> Settings:
        if not first:
            shutil.copytree(self.folder / "published", self.folder / name, symlinks=True)
        return self._settings(name, "new")

    def _start(self, settings: Settings, kill: Kill, *, full: bool = False) -> multiprocessing.process.BaseProcess:
        process = self._context.Process(target=_run_once, args=(settings, kill, full))
        process.start()
        return process


def identity_log(settings: Settings) -> list[Event]:
    """What the append-only log says became of customers, oldest first, but for the time of day."""
    with State(settings.state_url.get_secret_value()) as state:
        events = state.identity_events(limit=1_000_000)
    return [(one.version, one.kind, one.customer_key, one.other_key, one.evidence) for one in reversed(events)]


def _contents(settings: Settings) -> dict[str, list[str]]:
    """What is compared: all tables, and how views are defined, for a killed run leaves tables half done and no view otherwise."""
    return contents(settings, without=ACCIDENTAL, of_views=False)


def _live_on(company: TinyCompany) -> None:
    """News for every table: new, corrected and deleted records."""
    company.customers[1] = customer(1, first="Corrected")
    company.customers[9] = customer(9)
    del company.customers[6]
    company.products[2] = product(2, cost="13", start="2024-06-01")
    company.sales["SO90", "HEL-01"] = sale("SO90", "HEL-01", buyer=9, day=20240301)
    del company.sales["SO0", "HEL-01"]
    company.places["AW-00000002"] = ["AW-00000002", "France"]


def _decide(settings: Settings, verdicts: dict[tuple[int, int], str]) -> None:
    """A steward's words on customers, whose records in CRM and ERP carry one number."""
    with State(settings.state_url.get_secret_value()) as state:
        for (left, right), verdict in verdicts.items():
            state.decide_identity(f"number/AW{left:08d}", f"number/AW{right:08d}", verdict, "test", "")


def _run_once(settings: Settings, kill: Kill, full: bool = False) -> None:
    assert sys.modules["tests.warm"].READY
    faulthandler.dump_traceback_later(_PATIENCE, exit=True)
    passings = 0

    def end_here(point: str) -> None:
        nonlocal passings
        passings += point == kill.point
        if point == kill.point and passings == kill.nth:
            os.kill(os.getpid(), signal.SIGKILL)

    commit_points.observe(end_here)
    settings.home.create()
    with State(settings.state_url.get_secret_value()) as state:
        run(settings, state, full=full)
