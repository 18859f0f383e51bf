"""The end of an erasure: what was made of the old log goes, once readers see what was made of the new one."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime

from pipelines.commit_points import passed
from pipelines.home import Home
from pipelines.privacy.record import erasures, update_erasure
from pipelines.publish import versions
from pipelines.publish.candidate import discard_candidate, stamp_of
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import current_version


def complete_erasures(settings: Settings, state: State) -> None:
    """Complete the erasures that the current version has taken in: older versions, logs and exports go, and texts in the state.

    Does nothing while readers still see a version that is older than an erasure. The caller holds the build lock.
    """
    home = settings.home
    known = erasures(state)
    ready = [erasure for erasure in known if erasure.completed_at is None and erasure.revision]
    current = current_version(home)
    if not ready or current is None:
        return
    if stamp_of(home, current).erasures != sum(erasure.revision for erasure in known):
        return
    versions.drop_others(home, state)
    discard_candidate(home)
    _drop_traces(home)
    passed("erasure.versions_dropped")
    state.forget_texts(record_id for erasure in ready for record_id in erasure.record_ids)
    for erasure in ready:
        update_erasure(state, replace(erasure, completed_at=datetime.now(UTC)))
    passed("erasure.completed")


def _drop_traces(home: Home) -> None:
    """Remove what builds and people have written beside the versions: logs, compiled SQL, exports."""
    for folder in (home.root / "target" / "compiled", home.root / "target" / "run", home.root / "exports"):
        shutil.rmtree(folder, ignore_errors=True)
    for log in (home.root / "logs").glob("*.log*"):
        # Emptied and not removed: this process or another may be writing it.
        log.write_text("", encoding="utf-8")
