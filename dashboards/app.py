"""The dashboards: who sees which page, and which published version they read.

Start from the root of the repository: ``python -m streamlit run dashboards/app.py``.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from html import escape

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboards.components import formats, look
from dashboards.published import ConcordError, Edition, current_edition, settings
from dashboards.queries import sales
from dashboards.views import customers, finance, loads, overview, pipeline, stock
from pipelines.settings import WarehouseSettings

_WATCH_SECONDS = 2


def main() -> None:
    """Draw the page that was asked for, on the version that is published now."""
    st.set_page_config(page_title="Concord", page_icon=str(look.MARK), layout="wide")
    look.apply_style()
    try:
        company = settings().warehouse
    except ConcordError as error:
        st.navigation([st.Page(_nothing, title="Concord")], position="hidden")
        look.empty("The configuration is refused", error.message, error.hint or "")
        return
    edition = current_edition()
    pages = _pages(edition, company)
    page = st.navigation(pages, position="hidden")
    with st.sidebar:
        look.brand(company.name)
        for link in pages:
            st.page_link(link)
        _watch(edition)
    if edition is None:
        look.empty(
            "Nothing is published yet",
            "Load your data. This page shows it as soon as the first version is published.",
            "concord run",
        )
        return
    try:
        page.run()
    except ConcordError as error:
        look.empty("This page cannot be shown now", error.message, error.hint or "")


def _pages(edition: Edition | None, company: WarehouseSettings) -> list[StreamlitPage]:
    """Return the pages that this person sees, drawn on ``edition``; without one they are there and empty."""
    currency = company.group_currency

    def page(
        title: str, icon: str, address: str, show: Callable[[Edition], None], *, is_first: bool = False
    ) -> StreamlitPage:
        def draw() -> None:
            if edition:
                show(edition)

        draw.__name__ = address
        return st.Page(draw, title=title, icon=f":material/{icon}:", url_path=address, default=is_first)

    return [
        page("Overview", "monitoring", "overview", lambda shown: overview.show(shown, currency), is_first=True),
        page("Finance", "account_balance", "finance", lambda shown: finance.show(shown, currency)),
        page("Pipeline", "filter_alt", "pipeline", lambda shown: pipeline.show(shown, currency)),
        page("Stock", "inventory_2", "stock", lambda shown: stock.show(shown, currency)),
        page("Customers", "group", "customers", lambda shown: customers.show(shown, currency, _data_through(shown))),
        page("Data health", "fact_check", "loads", lambda shown: loads.show(shown, _data_through(shown))),
    ]


def _nothing() -> None:
    """Stand for a page when there is nothing to draw."""


def _data_through(edition: Edition) -> str:
    span = sales.order_span(edition.number)
    return f"Orders through {formats.day(span.last_order_date)}." if span else "No orders yet."


@st.fragment(run_every=_WATCH_SECONDS)
def _watch(shown: Edition | None) -> None:
    """Say which version is seen, and draw everything anew when another one is published."""
    if current_edition() != shown:
        st.rerun()
    if shown is None:
        st.html('<div class="concord-version"><b>No version yet</b></div>')
        return
    since = formats.ago(shown.published_at, datetime.now(UTC))
    st.html(
        f'<div class="concord-version"><b>Version {shown.number}</b>'
        f"<span>published {escape(since)}</span><span>{escape(_through(shown))}</span></div>"
    )


def _through(edition: Edition) -> str:
    try:
        span = sales.order_span(edition.number)
    except ConcordError:
        return ""
    return f"data through {formats.day(span.last_order_date)}" if span else "no orders yet"


main()
