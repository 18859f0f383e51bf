"""The world that the simulation lives in: what is so now (state), and what the extracts must carry (versions)."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.demo.calendar import Month
from pipelines.demo.scales import Scale
from pipelines.demo.shapes import SHAPES
from pipelines.demo.shapes.kinds import ON, OPERATION
from pipelines.errors import ConcordError


@dataclass
class World:
    """Everything a domain needs to live through a month.

    ``state``: what lives on from month to month, each a table; with ``ranges``, the next numbers of documents, it is all that a
    checkpoint keeps.
    ``emitted``: versions of extract rows, by "system/table".
    ``truth``: rows that only the score may see, by table of the truth.
    """

    seed: int
    scale: Scale
    mess: float = 1.0
    month: Month = field(default_factory=lambda: Month(0))
    state: dict[str, pl.DataFrame] = field(default_factory=dict)
    ranges: dict[str, int] = field(default_factory=dict)
    emitted: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    truth: dict[str, list[pl.DataFrame]] = field(default_factory=dict)

    def rng(self, domain: str) -> np.random.Generator:
        """Random numbers of ``domain`` in the current month; ask once a month, and draw in a fixed order."""
        return self.month.rng(self.seed, domain)

    def founding_rng(self, domain: str) -> np.random.Generator:
        """Random numbers of ``domain`` for what is there before the first month."""
        return Month(-1).rng(self.seed, domain)

    def emit(self, table: str, versions: pl.DataFrame, *, on: str | int | None = None, operation: str = "C") -> None:
        """Put rows into the extracts of ``table``.

        ``versions`` has the typed columns of the table's shape. The day of the extract is its column ``_on``, or the column or
        number that ``on`` names; the change is its column ``_op``, or ``operation``.
        Raises ConcordError for a column that the shape does not have.
        """
        if versions.height == 0:
            return
        made = {}
        if isinstance(on, int):
            made[ON] = pl.Series([on], dtype=pl.Int32).new_from_index(0, versions.height)
        elif on is not None:
            made[ON] = versions[on].cast(pl.Int32)
        if OPERATION not in versions.columns:
            made[OPERATION] = pl.Series([operation]).new_from_index(0, versions.height)
        self.emitted.setdefault(table, []).append(SHAPES[table].fit(versions, made))

    def record(self, table: str, rows: pl.DataFrame) -> None:
        """Write ``rows`` into the truth."""
        if rows.height:
            self.truth.setdefault(table, []).append(rows)

    def numbers(self, name: str, count: int, *, first: int = 1, last: int | None = None) -> npt.NDArray[np.int64]:
        """The next ``count`` numbers of the number range ``name``, from ``first`` to ``last``.

        Raises ConcordError when the range is used up: beyond it are the numbers of other documents.
        """
        start = self.ranges.get(name, first)
        if last is not None and start + count - 1 > last:
            raise ConcordError(
                f"The number range {name} of the demo company ends at {last}.", hint="Choose a smaller scale."
            )
        self.ranges[name] = start + count
        return np.arange(start, start + count, dtype=np.int64)

    def checkpoint(self) -> dict[str, pl.DataFrame]:
        """All that lives on to the next month, as tables."""
        names = sorted(self.ranges)
        ranges = pl.DataFrame(
            {"name": names, "next": [self.ranges[name] for name in names]}, schema={"name": pl.String, "next": pl.Int64}
        )
        return self.state | {"number_range": ranges}

    def restore(self, tables: dict[str, pl.DataFrame]) -> None:
        """Go on from a checkpoint."""
        self.state = {name: table for name, table in tables.items() if name != "number_range"}
        self.ranges = dict(tables["number_range"].iter_rows())
