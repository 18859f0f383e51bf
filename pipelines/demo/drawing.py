"""Draws by weight, for whole columns at once."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
"""Places (row numbers) of what was drawn."""


def weighted(uniform: Floats, weights: Floats) -> Places:
    """For each of ``uniform`` (0 to 1) a place in ``weights``, as likely as its weight.

    Raises ValueError if no weight is above zero and something is drawn.
    """
    if not len(uniform):
        return np.zeros(0, dtype=np.int64)
    total = np.cumsum(weights)
    if not len(weights) or total[-1] <= 0:
        raise ValueError("Nothing can be drawn: no weight is above zero.")
    places = np.searchsorted(total, uniform * total[-1], side="right")
    return np.asarray(np.minimum(places, np.flatnonzero(weights > 0)[-1]), dtype=np.int64)


def weighted_within(uniform: Floats, group: Places, groups: Places, weights: Floats) -> Places:
    """For each of ``uniform`` a place in ``weights`` among those whose ``groups`` is the wanted ``group``.

    ``groups`` must be sorted and every wanted group must have a weight above zero; a wanted group that is not there gives −1.
    """
    if not len(groups) or not len(uniform):
        return np.full(len(uniform), -1, dtype=np.int64)
    starts = np.searchsorted(groups, group, side="left")
    ends = np.searchsorted(groups, group, side="right")
    total = np.concatenate([[0.0], np.cumsum(weights)])
    wanted = total[starts] + uniform * (total[ends] - total[starts])
    places = np.searchsorted(total, wanted, side="right") - 1
    places = np.clip(places, starts, np.maximum(ends - 1, starts))
    return np.where(ends > starts, places, -1).astype(np.int64)
