"""Tables that a month changes in place, row by row, before they become state again."""

from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Rows = npt.NDArray[np.int64]
"""Row numbers of a roster."""


class Roster:
    """The columns of a table as arrays; ``frame`` gives the table back. The table must have no nulls."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._schema = frame.schema
        self._columns: dict[str, npt.NDArray[Any]] = {name: frame[name].to_numpy().copy() for name in frame.columns}

    def __getitem__(self, column: str) -> npt.NDArray[Any]:
        """The values of a column, to read and to change."""
        return self._columns[column]

    def __len__(self) -> int:
        """The number of rows."""
        return len(next(iter(self._columns.values())))

    def append(self, frame: pl.DataFrame) -> None:
        """Put the rows of ``frame``, which has the same columns, after those that are there."""
        for name, values in self._columns.items():
            self._columns[name] = np.concatenate([values, frame[name].cast(self._schema[name]).to_numpy()])

    def frame(self) -> pl.DataFrame:
        """The table as it is now."""
        return pl.DataFrame(self._columns, schema=self._schema)
