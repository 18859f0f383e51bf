"""The card of a figure: its value, its trend, and how it compares with last year."""

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from dashboards.components import formats


def figure(
    label: str,
    value: str,
    *,
    definition: str,
    now: Any = None,
    before: Any = None,
    trend: Sequence[float] | None = None,
    before_written: str = "",
) -> None:
    """Show a figure where more is better.

    ``now`` and ``before`` are the raw figures that the change is computed from; ``before_written`` is how ``before``
    reads. Blue with an arrow up is better, orange with an arrow down is worse; without ``before`` it says so. Without
    ``trend`` it is the figure alone.
    """
    relative = formats.change(now, before)
    rises = relative is not None and now > before
    falls = relative is not None and now < before
    colour: Literal["blue", "orange", "gray"] = "blue" if rises else "orange" if falls else "gray"
    arrow: Literal["up", "down", "off"] = "up" if rises else "down" if falls else "off"
    if trend is None:
        st.metric(label, value, help=_plain(definition), border=True)
        return
    st.metric(
        label,
        value,
        delta=relative or "not compared",
        delta_color=colour,
        delta_arrow=arrow,
        delta_description=f"vs {before_written}" if relative else None,
        chart_data=list(trend),
        chart_type="area",
        help=_plain(definition),
        border=True,
    )


def _plain(text: str) -> str:
    """Return ``text`` so that Markdown leaves it as it is."""
    return "".join("\\" + letter if letter in r"\`*_{}[]()<>#$~|:" else letter for letter in text)
