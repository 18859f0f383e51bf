"""Clean versions of any extract's rows, made of its shape alone."""

import numpy as np
import polars as pl

from pipelines.demo.crm.crm_ids import salesforce_ids
from pipelines.demo.shapes.kinds import (
    Boolean,
    Date8,
    Decimal,
    Flag,
    Instant,
    Integer,
    IsoDate,
    Money,
    Padded,
    Quantity,
    Shape,
    Text,
)
from pipelines.demo.shapes.sap import InvertedDate

DAY = 20_393
"""1 November 2025."""

_TEXTS = {
    "SHKZG": "S",
    "DRCRK": "S",
    "MATKL": "01100",
    "WAERS": "EUR",
    "WAERK": "EUR",
    "CurrencyIsoCode": "EUR",
    "BWART": "601",
}
_SAME = {
    Money: 12_345,
    Decimal: 12_345,
    Quantity: 10,
    Integer: 50,
    Date8: DAY,
    IsoDate: DAY,
    Instant: DAY * 86_400 + 3_600,
}


def clean_versions(shape: Shape, rows: int, *, first: int = 1) -> pl.DataFrame:
    """``rows`` versions with keys of their own, every column filled, on the days of November 2025."""
    numbers = np.arange(first, first + rows)
    columns = {name: _values(shape, name, numbers) for name in shape.typed if name != "ODQ_CHANGEMODE"}
    on = pl.Series((DAY + numbers % 30).astype(np.int32))
    return shape.fit(pl.DataFrame({**columns, "_on": on}).with_columns(_op=pl.lit("C")))


def _values(shape: Shape, name: str, numbers: np.ndarray) -> pl.Series:
    kind = shape.columns[name]
    is_key = name in shape.key
    if isinstance(kind, Padded) and kind.width < 4 and not is_key:
        return pl.repeat(1, len(numbers), eager=True)
    if isinstance(kind, Padded | InvertedDate):
        return pl.Series(numbers % 10 ** getattr(kind, "width", 4))
    if isinstance(kind, Text):
        if name.endswith("Id"):
            return salesforce_ids("001", numbers)
        text = _TEXTS.get(name, "anna@example.com" if "Email" in name else "1000" if is_key else "Müller & Söhne")
        return pl.repeat(text, len(numbers), eager=True)
    if isinstance(kind, Boolean | Flag):
        return pl.repeat(value=False, n=len(numbers), eager=True)
    return pl.repeat(_SAME[type(kind)], len(numbers), eager=True)
