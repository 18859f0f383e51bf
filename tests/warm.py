"""Preloaded by the fork server: what a run imports, and the models parsed, so that every run is a quick fork of a warm process.

Nothing is run here: a fork has none of the threads that a run of DuckDB or Arrow leaves behind, and what waits for them hangs.
A fork also shares the semaphores of its parent, and a child that is killed while it holds one would stop all later children: the
progress bars of Great Expectations have such a lock; here they get one that each process has for itself.
"""

import shutil
import tempfile
import threading
from pathlib import Path

import great_expectations  # noqa: F401
from tqdm import tqdm

import pipelines.identity.customers
import pipelines.identity.scoring
import pipelines.quality.engine
import pipelines.run  # noqa: F401
from pipelines.publish.compiled import graph_of
from pipelines.publish.project import compose
from tests.extracts import example_settings, small_company

tqdm.set_lock(threading.RLock())
tqdm.monitor_interval = 0  # no thread beside the one that forks

_folder = Path(tempfile.mkdtemp(prefix="concord-warm-"))
try:
    _settings = example_settings(_folder / "extracts", _folder / "home")
    _settings.home.create()
    small_company().write(_folder / "extracts")
    graph_of(_settings, compose(_settings))
finally:
    shutil.rmtree(_folder)

READY = True
