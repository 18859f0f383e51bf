"""Ids of Salesforce records, 18 characters with correct check characters."""

import string

import numpy as np
import numpy.typing as npt
import polars as pl

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
BASE32 = string.ascii_uppercase + "012345"
INSTANCE = "5g0"
"""The part of an Id that tells the instance of Salesforce; it is the same in all Ids of one company."""

_DIGITS = 9
_FIRST, _STEP = 1_000_000_007, 7_919  # so that Ids use the whole alphabet early, in both cases, and stay unique
_BASE62 = np.frombuffer(BASE62.encode(), dtype=np.uint8)
_BASE32 = np.frombuffer(BASE32.encode(), dtype=np.uint8)


def salesforce_ids(prefix: str, numbers: npt.NDArray[np.integer]) -> pl.Series:
    """The Ids of the records ``numbers`` (each ≥ 0 and below 10^12) of the object with the three characters ``prefix``.

    The same number always gives the same Id, other numbers other Ids. The last three characters say which of each five before
    them are upper case (Salesforce: "What are Salesforce record IDs"), so Ids differ even where case does not count.
    """
    rest = numbers.astype(np.int64) * _STEP + _FIRST
    letters = np.empty((len(rest), 18), dtype=np.uint8)
    letters[:, :6] = np.frombuffer((prefix + INSTANCE).encode(), dtype=np.uint8)
    for place in range(14, 5, -1):
        rest, digit = np.divmod(rest, 62)
        letters[:, place] = _BASE62[digit]
    is_upper = (letters[:, :15] >= ord("A")) & (letters[:, :15] <= ord("Z"))
    letters[:, 15:] = _BASE32[is_upper.reshape(-1, 3, 5) @ (1 << np.arange(5))]
    return pl.Series(letters.view("S18").ravel(), dtype=pl.Binary).cast(pl.String)
