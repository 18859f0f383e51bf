"""Where figures come from: which version they were read from, and what they mean."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from dashboards.components import formats
from dashboards.published import Edition


def as_of(edition: Edition, data_through: str) -> None:
    """Show which version the figures come from and how far its data reach."""
    st.html(
        '<div class="concord-muted">'
        + escape(f"As of version {edition.number}, published {formats.instant(edition.published_at)}. {data_through}")
        + "</div>"
    )


def definitions(meanings: Mapping[str, str]) -> None:
    """Show what each figure means, by the name that it has on the page."""
    with st.expander("Definitions"):
        rows = "".join(f"<tr><td>{escape(name)}</td><td>{escape(text)}</td></tr>" for name, text in meanings.items())
        st.html(f'<table class="concord"><tbody>{rows}</tbody></table>')
