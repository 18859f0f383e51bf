"""The ways in which a value of an extract can be wrong: how each is written, and which values it can befall."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

Expression = Callable[[str], pl.Expr]
"""From the name of a column to an expression."""


def present(column: str) -> pl.Expr:
    """The typed value is there."""
    return pl.col(column).is_not_null()


@dataclass(frozen=True)
class Blemish:
    """A way to be wrong, ``kind``.

    ``written`` makes the wrong text out of the columns of texts; ``befalls`` says on the typed columns which rows it can befall.
    A row whose text it would not change stays as it is.
    """

    kind: str
    written: Expression
    befalls: Expression = present


def _text(text: str | None) -> Expression:
    return lambda column: pl.lit(text, pl.String).alias(column)


def _positive(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int64) > 0


def _not_zero(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int64) != 0


def _shaped(pattern: str) -> Expression:
    return lambda column: pl.col(column).cast(pl.String).str.contains(pattern)


def _without_sign(column: str) -> pl.Expr:
    return pl.col(column).str.strip_prefix("-")


def _mojibake() -> tuple[list[str], list[str]]:
    """Letters beyond ASCII, and what UTF-8 read as Latin-1 (Windows-1252 where it can) makes of them."""
    letters = [chr(code) for code in range(0xC0, 0x180)]
    misread = []
    for letter in letters:
        characters = (bytes([byte]) for byte in letter.encode())
        misread.append("".join(one.decode("cp1252" if one[0] not in _UNDEFINED else "latin-1") for one in characters))
    return letters, misread


_UNDEFINED = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})
_LETTERS, _MISREAD = _mojibake()

MISSING = Blemish("missing", _text(None))
UNKNOWN_CURRENCY = Blemish("unknown_currency", _text("EUX"))
UNKNOWN_COUNTRY = Blemish("unknown_country", _text("ZZ"))
UNKNOWN_MOVEMENT = Blemish("unknown_movement_type", _text("9X1"))
UNKNOWN_STAGE = Blemish("value_outside_list", _text("Negotation"))
UNKNOWN_VALUE = Blemish("value_outside_list", _text("tbd"))
OUT_OF_RANGE = Blemish("number_out_of_range", _text("150"))
PERIOD_17 = Blemish("number_out_of_range", _text("17"))

IMPOSSIBLE_DATE8 = Blemish("impossible_date", lambda column: pl.col(column).str.slice(0, 4) + "0231")
IMPOSSIBLE_ISO_DATE = Blemish("impossible_date", lambda column: pl.col(column).str.slice(0, 4) + "-02-31")
FAR_DATE = Blemish("far_date", lambda column: "2205" + pl.col(column).str.slice(4))
ZERO_DATE8 = Blemish("zero_date", _text("00000000"))
DIGIT_ZERO_DATE = Blemish("zero_date", _text("0"))

NEGATIVE = Blemish("negative", lambda column: "-" + pl.col(column), _positive)
ZERO = Blemish("zero", _text("0"), _not_zero)
WITH_COMMA = Blemish(
    "decimal_comma",
    lambda column: (
        pl.when(pl.col(column).str.contains(".", literal=True))
        .then(pl.col(column).str.replace(".", ",", literal=True))
        .otherwise(pl.col(column) + ",00")
    ),
)
NOT_A_NUMBER = Blemish("not_a_number", _text("#NV"))
DIGIT_TOO_MANY = Blemish("wrong_amount", lambda column: "1" + pl.col(column), _positive)
"""The amount is no longer quantity times price."""

TURNED = Blemish(
    "turned_sign",
    lambda column: (
        pl.when(pl.col(column).str.starts_with("-")).then(_without_sign(column)).otherwise("-" + pl.col(column))
    ),
    _not_zero,
)
OTHER_SIDE = Blemish("turned_sign", lambda column: pl.col(column).replace({"S": "H", "H": "S"}))

ORPHAN_NUMBER = Blemish("orphan_key", lambda column: "9" + pl.col(column).str.slice(1))
ORPHAN_ID = Blemish(
    "orphan_key",
    lambda column: (
        pl.col(column).str.slice(0, 3)
        + pl.col(column).str.slice(3, 3).str.replace_all("[A-Z]", "Z").str.replace_all("[a-z0-9]", "9")
        + pl.col(column).str.slice(6)
    ),
)
"""An Id of another instance of Salesforce; upper case stays where it was, so its check characters are still right."""

SHORT_ID = Blemish("short_id", lambda column: pl.col(column).str.slice(0, 17))
LOWER_CASE_ID = Blemish("lower_case_id", lambda column: pl.col(column).str.to_lowercase())
BAD_BOOLEAN = Blemish("bad_boolean", lambda column: pl.lit("unknown").alias(column))
NO_AT_SIGN = Blemish(
    "email_without_at", lambda column: pl.col(column).str.replace("@", ".", literal=True), _shaped("@")
)
MOJIBAKE = Blemish(
    "mojibake", lambda column: pl.col(column).str.replace_many(_LETTERS, _MISREAD), _shaped("[\u00c0-\u017f]")
)
TRAILING_BLANKS = Blemish("trailing_blanks", lambda column: pl.col(column) + "  ")
CONTROL_CHARACTER = Blemish("control_character", lambda column: pl.col(column) + "\u0007")
BEFORE_CREATED = Blemish(
    "closed_before_created",
    lambda column: (
        pl.col("CreatedDate").str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S") - pl.duration(days=3)
    ).dt.strftime("%Y-%m-%dT%H:%M:%S.000+0000").alias(column),
)  # fmt: skip
