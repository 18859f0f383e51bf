"""Preloaded by the fork server: one whole run is made, so that every further run is a quick fork of a warm process.

A fork shares the semaphores of its parent: a child that is killed while it holds one would stop all later children. The
progress bars of Great Expectations have such a lock; here they get one that each process has for itself.
"""

import shutil
import tempfile
import threading
from pathlib import Path

from tqdm import tqdm

from pipelines.run import run
from pipelines.state import State
from tests.extracts import example_settings, small_company

tqdm.set_lock(threading.RLock())
tqdm.monitor_interval = 0  # no thread beside the one that forks

_folder = Path(tempfile.mkdtemp(prefix="concord-warm-"))
try:
    _settings = example_settings(_folder / "extracts", _folder / "home")
    _settings.home.create()
    small_company().write(_folder / "extracts")
    with State(_settings.state_url.get_secret_value()) as _state:
        run(_settings, _state)
finally:
    shutil.rmtree(_folder)

READY = True
