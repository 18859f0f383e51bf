"""Small dictionaries as expressions: for a handful of keys a chain of comparisons is a fraction of the cost of a join."""

from collections.abc import Mapping
from functools import cache

import polars as pl

Values = Mapping[int, int] | Mapping[int, str] | Mapping[str, int] | Mapping[str, str]


def looked_up(column: str, values: Values, dtype: type[pl.DataType]) -> pl.Expr:
    """What ``values`` has for each of ``column``, of type ``dtype``; null where that is no key. Keeps the column's name."""
    return _chain(column, tuple(values.items()), dtype)


@cache
def _chain(column: str, values: tuple[tuple[int | str, int | str], ...], dtype: type[pl.DataType]) -> pl.Expr:
    found = pl.lit(None, dtype)
    for key, value in values:
        found = pl.when(pl.col(column) == key).then(pl.lit(value, dtype)).otherwise(found)
    return found.alias(column)
