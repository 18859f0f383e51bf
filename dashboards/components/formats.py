"""How figures are written: money, counts, shares, dates, each in one way on every page."""

import math
from datetime import date, datetime
from typing import Any

NONE = "–"
MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_UNITS = ((1e9, "bn"), (1e6, "M"), (1e3, "k"))
_ABBREVIATED_FROM = 10_000


def is_missing(value: Any) -> bool:
    """Return whether there is no value: None, NaN, or a missing date."""
    return value is None or str(value) in {"nan", "NaT", "<NA>"}


def currency_sign(currency: str) -> str:
    """Return what stands before an amount: a sign where it is well known, else the ISO code."""
    return _SYMBOLS.get(currency, currency + SPACE)


def money(amount: Any, currency: str, *, signed: bool = False) -> str:
    """Return an amount for a headline: ``$1.2 M``, ``€45.6 k``, ``−$980``. ``signed`` puts a plus before gains."""
    if is_missing(amount):
        return NONE
    number = float(amount)
    return _sign(number, signed) + currency_sign(currency) + _abbreviated(abs(number))


def amount(value: Any, decimals: int = 2) -> str:
    """Return an amount for a table whose header names the currency: ``1,234.50``."""
    if is_missing(value):
        return NONE
    return _minus(f"{float(value):,.{decimals}f}")


def signed_amount(value: Any) -> str:
    """Return a change of an amount for a table: ``+1,234``, ``−56``."""
    if is_missing(value):
        return NONE
    number = round(float(value))
    return _sign(number, signed=True) + f"{abs(number):,}"


def count(value: Any) -> str:
    """Return a number of things, without decimals where it has none: ``1,234``, ``12.5``."""
    if is_missing(value):
        return NONE
    return _minus(f"{float(value):,.3f}".rstrip("0").rstrip("."))


def whole(value: Any) -> str:
    """Return a number of things rounded to a whole one: ``1,234``."""
    return NONE if is_missing(value) else _minus(f"{round(float(value)):,}")


def things(number: int, thing: str) -> str:
    """Return a number with its noun: ``1 row``, ``1,234 rows``."""
    return f"{count(number)} {thing}{'' if number == 1 else 's'}"


def share(value: Any) -> str:
    """Return a share (0 to 1) in percent: ``12.3 %``, ``0 %``; what is more than nothing is never shown as nothing."""
    if is_missing(value):
        return NONE
    number = float(value) * 100
    if 0 < abs(number) < 0.1:
        return f"< 0.1{SPACE}%"
    return _minus(f"{number:,.1f}") + SPACE + "%"


def points(now: float | None, before: float | None) -> str:
    """Return by how much a share (0 to 1) changed: ``+1.2 points``; nothing where there is nothing to compare."""
    if now is None or before is None:
        return ""
    return f"{'+' if now >= before else MINUS}{abs(now - before) * 100:.1f} points"


def text(value: Any) -> str:
    """Return a text, or a dash where there is none."""
    return NONE if is_missing(value) else str(value)


def change(now: Any, before: Any) -> str | None:
    """Return the relative change as ``+12.3 %``, from ten times on as ``×12``; None where nothing can be compared."""
    if is_missing(now) or is_missing(before) or float(before) <= 0:
        return None
    if float(now) >= 10 * float(before):
        return f"×{float(now) / float(before):,.0f}"
    rate = (float(now) - float(before)) / float(before) * 100
    decimals = 0 if abs(rate) >= 100 else 1
    rounded = round(rate, decimals)
    return _sign(rounded, signed=True) + f"{abs(rounded):,.{decimals}f}{SPACE}%"


def day(value: Any) -> str:
    """Return a day: ``28 Jan 2014``."""
    return NONE if is_missing(value) else f"{value.day}{SPACE}{value:%b}{SPACE}{value.year}"


def month(value: Any) -> str:
    """Return a month: ``Jan 2014``."""
    return NONE if is_missing(value) else f"{value:%b}{SPACE}{value.year}"


def span(first_month: date, last_month: date) -> str:
    """Return the months from the first to the last: ``Jan – Dec 2013``, ``Dec 2013``, ``Nov 2012 – Oct 2013``."""
    if first_month == last_month:
        return month(first_month)
    start = f"{first_month:%b}" if first_month.year == last_month.year else month(first_month)
    return f"{start} – {month(last_month)}"


def instant(value: Any) -> str:
    """Return an instant in UTC: ``21 Nov 2026, 23:05 UTC``."""
    return NONE if is_missing(value) else f"{day(value)}, {value:%H:%M}{SPACE}UTC"


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago ``then`` was: ``just now``, ``2 minutes ago``, ``3 days ago``."""
    seconds = max(0.0, (now - then).total_seconds())
    for length, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= length:
            return f"{things(math.floor(seconds / length), unit)} ago"
    return "just now"


def axis_label(currency: str) -> str:
    """Return the Vega expression that writes the amounts of an axis as ``money`` does."""
    sign = currency_sign(currency).replace("\\", "\\\\").replace("'", "\\'")
    size = "abs(datum.value)"
    steps = "".join(
        f"{size} >= {limit:.0f} ? format({size} / {limit:.0f}, '~r') + '{SPACE}{unit}' : " for limit, unit in _UNITS
    )
    return f"(datum.value < 0 ? '{MINUS}' : '') + '{sign}' + ({steps}format({size}, ',~r'))"


def _abbreviated(number: float) -> str:
    if number >= _ABBREVIATED_FROM - 0.5:
        for limit, unit in _UNITS:
            if round(number / limit, 1) >= 1:
                return f"{number / limit:,.1f}{SPACE}{unit}"
    return f"{round(number):,}"


def _sign(number: float, signed: bool) -> str:
    if number < 0:
        return MINUS
    return "+" if signed and number > 0 else ""


def _minus(text: str) -> str:
    return text.replace("-", MINUS)
