"""What commands print: tables with every value whole, JSON documents, CSV."""

import csv
import json
import math
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.measure import Measurement
from rich.table import Table

out = Console(width=None if sys.stdout.isatty() else 120)
err = Console(stderr=True, width=None if sys.stderr.isatty() else 120)

Config = Annotated[
    Path | None, typer.Option("--config", "-c", help="The configuration; default: concord.toml here, else the demo's.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output and nothing else there.")]


def print_rows(columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """Print rows as a table with every value whole; on a terminal that is too narrow, record by record."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for index, column in enumerate(columns):
        numeric = all(isinstance(row[index], int | float | Decimal | None) for row in rows)
        table.add_column(escaped(column), justify="right" if numeric else "left", no_wrap=True)
    texts = [["" if value is None else escaped(str(value)) for value in row] for row in rows]
    for row in texts:
        table.add_row(*row)
    width = Measurement.get(out, out.options.update(max_width=100_000), table).maximum
    if width <= out.width or not out.is_terminal:
        Console(width=max(width, out.width)).print(table)
        return
    for row in texts:
        record = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        record.add_column(style="bold", no_wrap=True)
        record.add_column(overflow="fold")
        for column, value in zip(columns, row, strict=True):
            record.add_row(escaped(column), value)
        out.print(record)
        out.print()


def print_json(document: Any) -> None:
    """Write one JSON document to standard output; decimals become numbers, what is not finite null."""
    text = json.dumps(_finite(document), default=_json_value, ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write(text + "\n")


def _finite(value: Any) -> Any:
    """JSON knows no NaN and no infinity: they become null."""
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    isoformat: Callable[[], str] | None = getattr(value, "isoformat", None)
    return isoformat() if isoformat is not None else str(value)


def print_csv(columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """Write rows to standard output as CSV with a header; what is not known is empty."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def escaped(text: str) -> str:
    """Return ``text`` as rich prints it literally."""
    return escape(text)
