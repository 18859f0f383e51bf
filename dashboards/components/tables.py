"""Tables: small ones to read, large ones to sort, search and select in."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import pandas as pd
import streamlit as st

from dashboards.components import formats
from dashboards.published import DataFrame

_MOST_ROWS = 2_000
_MOST_HEIGHT = 420
_MOST_ROWS_UNSCROLLED = 11


@dataclass(frozen=True)
class Cell:
    """A cell of a small table: its text, whether it is good or bad news, and why it says so (shown under the pointer).

    ``strong`` is for sums, ``address`` is the page that tells more, seen from a page (``customers?customer=1``).
    """

    text: str
    meaning: Literal["", "better", "worse"] = ""
    reason: str = ""
    strong: bool = False
    address: str = ""


@dataclass(frozen=True)
class Bar:
    """A bar from 0 to 1 with a mark where last year was."""

    length: float
    mark: float | None = None


@dataclass(frozen=True)
class Heading:
    """The head of a column of a small table."""

    text: str
    kind: Literal["", "number", "bar", "short"] = ""


def small_table(headings: Sequence[Heading], rows: Iterable[Sequence[Cell | Bar | str]]) -> None:
    """Show a table of a few rows to read. All texts are escaped: they come from the sources."""
    head = "".join(f'<th class="{heading.kind}">{escape(heading.text)}</th>' for heading in headings)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{heading.kind}">{_content(cell)}</td>' for heading, cell in zip(headings, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    st.html(
        f'<div class="concord-scroll"><table class="concord">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def change_cell(change: float, currency: str) -> Cell:
    """Return the cell of a change of an amount, with sign and meaning."""
    meaning: Literal["", "better", "worse"] = "better" if change > 0 else "worse" if change < 0 else ""
    return Cell(formats.money(change, currency, signed=True), meaning)


def _content(cell: Cell | Bar | str) -> str:
    if isinstance(cell, Bar):
        mark = f'<u style="left:{cell.mark:.1%}"></u>' if cell.mark is not None else ""
        return f'<div class="concord-bar"><i style="width:{max(0.0, cell.length):.1%}"></i>{mark}</div>'
    if isinstance(cell, str):
        return escape(cell)
    marks = (cell.meaning, "reason" if cell.reason else "", "strong" if cell.strong else "")
    classes = " ".join(f"concord-{name}" for name in marks if name)
    title = f' title="{escape(cell.reason)}"' if cell.reason else ""
    text = (
        f'<a href="{escape(cell.address)}" target="_self">{escape(cell.text)}</a>'
        if cell.address
        else escape(cell.text)
    )
    return f'<span class="{classes}"{title}>{text}</span>' if classes else text


@dataclass(frozen=True)
class Column:
    """A column of a large table: its name in the data, its heading, how a value is written, and its definition."""

    name: str
    heading: str
    written: Callable[[Any], str] | None = None
    definition: str = ""
    width: Literal["small", "medium", "large"] | None = None


def rows_table(frame: DataFrame, columns: Sequence[Column], *, key: str, selectable: bool = False) -> int | None:
    """Show rows; values sort as what they are and read as ``written`` says.

    Returns the position of the row that was clicked when ``selectable``, else None. Shows the first 2,000
    rows and says so.
    """
    shown = frame[[column.name for column in columns]].head(_MOST_ROWS)
    written = {column.name: column.written for column in columns if column.written}
    configuration: dict[str, Any] = {
        column.name: st.column_config.Column(column.heading, help=column.definition or None, width=column.width)
        for column in columns
    }
    with pd.option_context("styler.render.max_elements", shown.size + 1):
        styled = shown.style.format(written, na_rep=formats.NONE)
        height: int | Literal["content"] = _MOST_HEIGHT if len(shown) > _MOST_ROWS_UNSCROLLED else "content"
        arguments: dict[str, Any] = {
            "hide_index": True, "column_config": configuration, "height": height, "key": key, "placeholder": formats.NONE,
        }  # fmt: skip
        if selectable:
            event = st.dataframe(styled, on_select="rerun", selection_mode=["single-row", "single-cell"], **arguments)
            return _clicked(event, len(shown))
        st.dataframe(styled, **arguments)
    if len(frame) > len(shown):
        st.caption(f"The first {len(shown):,} of {len(frame):,} rows. The download has all of them.")
    return None


def _clicked(event: Any, rows: int) -> int | None:
    selection = event.selection
    positions = [*selection.rows, *(row for row, _ in selection.cells)]
    return int(positions[0]) if positions and int(positions[0]) < rows else None
