"""Rows to take away."""

import re

import streamlit as st

from dashboards.published import DataFrame


def download(frame: DataFrame, name: str, version: int) -> None:
    """Offer all rows of ``frame`` as CSV (UTF-8, points as decimals); the file name says what it is and its version."""
    safe = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    with st.container(horizontal_alignment="right"):
        st.download_button(
            "Download CSV",
            frame.to_csv(index=False).encode("utf-8"),
            file_name=f"{safe}-v{version}.csv",
            mime="text/csv",
            key=f"download-{safe}",
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
        )
