"""The look of every page beyond the theme, and the texts that structure it."""

from html import escape
from pathlib import Path

import streamlit as st

MARK = Path(__file__).with_name("mark.svg")
_STYLE = Path(__file__).with_name("look.css")


def apply_style() -> None:
    """Give the page the style sheet of Concord."""
    st.html(_STYLE)


def brand(company: str) -> None:
    """Show the product and whose warehouse it is."""
    st.html(f'<div class="concord-brand"><b>{escape(company)}</b><span>Concord analytics</span></div>')


def title(text: str, subtitle: str) -> None:
    """Show the title of a page and one sentence that says what is seen."""
    st.html(f'<div class="concord-title"><h1>{escape(text)}</h1><p>{escape(subtitle)}</p></div>')


def section(text: str, sentence: str = "") -> None:
    """Begin a section of a page, with the answer in a sentence where there is one."""
    below = f"<p>{escape(sentence)}</p>" if sentence else ""
    st.html(f'<div class="concord-section"><h2>{escape(text)}</h2>{below}</div>')


def note(text: str) -> None:
    """Say something in small letters."""
    st.html(f'<div class="concord-muted">{escape(text)}</div>')


def empty(text: str, sentence: str, command: str = "") -> None:
    """Show that there is nothing to show, why, and the command that changes it."""
    code = f"<code>{escape(command)}</code>" if command else ""
    st.html(f'<div class="concord-empty"><h1>{escape(text)}</h1><p>{escape(sentence)}</p>{code}</div>')
