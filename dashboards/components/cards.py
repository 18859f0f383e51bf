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
    change_written: str = "",
    less_is_better: bool = False,
) -> None:
    """Show a figure, and how it compares.

    ``now`` and ``before`` are the raw figures that the change is computed from; ``before_written`` is how ``before``
    reads; ``change_written`` says the change where a share of ``before`` says nothing (results may be losses). Blue is
    better, orange is worse, the arrow says where it went; without ``before`` it says so. Without ``trend`` and ``now``
    it is the figure alone.
    """
    relative = (change_written if not formats.is_missing(before) else None) or formats.change(now, before)
    rises = relative is not None and now > before
    falls = relative is not None and now < before
    better, worse = (falls, rises) if less_is_better else (rises, falls)
    colour: Literal["blue", "orange", "gray"] = "blue" if better else "orange" if worse else "gray"
    arrow: Literal["up", "down", "off"] = "up" if rises else "down" if falls else "off"
    if trend is None and now is None:
        st.metric(label, value, help=_plain(definition), border=True, height="stretch")
        return
    st.metric(
        label,
        value,
        delta=relative or "not compared",
        delta_color=colour,
        delta_arrow=arrow,
        delta_description=f"vs {before_written}" if relative else None,
        chart_data=None if trend is None else list(trend),
        chart_type="area",
        help=_plain(definition),
        border=True,
        height="stretch",
    )


def _plain(text: str) -> str:
    """Return ``text`` so that Markdown leaves it as it is."""
    return "".join("\\" + letter if letter in r"\`*_{}[]()<>#$~|:" else letter for letter in text)
