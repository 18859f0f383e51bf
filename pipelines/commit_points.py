"""The instants at which a run's outcome changes, named, so that tests can end the process at each of them."""

from collections.abc import Callable

POINTS = (
    "batch.written",
    "batch.renamed",
    "batch.recorded",
    "candidate.copied",
    "candidate.built",
    "candidate.audited",
    "version.renamed",
    "version.swapped",
    "version.recorded",
)
ERASURE_POINTS = (
    "erasure.recorded",
    "erasure.keys_known",
    "erasure.batch_cleaned",
    "erasure.log_cleaned",
    "erasure.versions_dropped",
    "erasure.completed",
)

_observers: list[Callable[[str], None]] = []


def passed(point: str) -> None:
    """Tell the observers that a run has just passed ``point``, one of POINTS or ERASURE_POINTS."""
    for observe in _observers:
        observe(point)


def observe(observer: Callable[[str], None]) -> None:
    """Call ``observer`` with the name of every commit point that this process passes from now on."""
    _observers.append(observer)
