"""Preloaded by the fork server: one whole run is made, so that every further run is a quick fork of a warm process."""

import shutil
import tempfile
from pathlib import Path

from pipelines.run import run
from pipelines.state import State
from tests.extracts import example_settings, small_company

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
