"""The first build of a project, rehearsed on nothing while the extracts are taken in.

What dbt says of a project and executes for it depends on no row (see replay), and takes it a minute. A process of its own builds
the first version from an empty log, throws it away, and leaves beside it what dbt said: the build itself is executed without dbt.
"""

import os
import sys
import threading
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.context import SpawnProcess
from pathlib import Path

from pipelines.errors import ConcordError
from pipelines.publish import build, candidate, replay
from pipelines.publish.absent import absent_models
from pipelines.publish.compiled import graph_of
from pipelines.publish.project import Project, compose
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import current_version

_NOTHING = candidate.Plan(base=None, reason="a rehearsal", after=0, through=0, batches=[])
_rehearsing: dict[Path, SpawnProcess] = {}


def begin(settings: Settings) -> None:
    """Let a process rehearse the first build, unless a version is published. It ends with this process at the latest."""
    if settings.home.root not in _rehearsing and current_version(settings.home) is None:
        process = get_context("spawn").Process(target=_rehearse, args=(settings,), daemon=True)
        process.start()
        _rehearsing[settings.home.root] = process


def is_awaited(settings: Settings) -> bool:
    """Whether this process has begun a rehearsal and not ended it."""
    return settings.home.root in _rehearsing


def end(settings: Settings) -> None:
    """Wait for the rehearsal. One that failed leaves nothing: the build goes through dbt then, and says what is wrong."""
    _rehearsing.pop(settings.home.root).join()


def _rehearse(settings: Settings) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(silence, stream.fileno())
    with suppress(ConcordError), settings.home.lock("build"):
        with settings.home.lock("project"):
            project = compose(settings)
        if current_version(settings.home) is None:
            _build_nothing(settings, project)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _build_nothing(settings: Settings, project: Project) -> None:
    graph = graph_of(settings, project)
    if replay.knows_full_build(settings, project, graph, absent_models(settings, graph)):
        return
    try:
        with State(settings.state_url.get_secret_value()) as state:
            candidate.make_candidate(settings, state, _NOTHING)
        build.build(settings, project, _NOTHING)
        build.ask_tests(settings, project, _NOTHING)
    finally:
        candidate.discard_candidate(settings.home)
