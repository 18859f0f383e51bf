"""Does the simulated company look like one? A page with pictures of its distributions, made from its extracts."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import altair as alt
import duckdb
import polars as pl
import vl_convert

from pipelines.demo.calendar import HISTORY_START, as_date, day_number
from pipelines.demo.demand import DEMAND
from pipelines.demo.drops import lives_in
from pipelines.demo.shapes import SHAPES
from pipelines.errors import ConcordError
from pipelines.home import Home
from pipelines.warehouse import literal, quoted, scratch

_BLUE, _ORANGE, _GREY = "#1f77b4", "#e07b00", "#9aa0a6"


@dataclass(frozen=True)
class Picture:
    """A question about the company, the query that answers it (a table ready to draw), and how it is drawn."""

    question: str
    expected: str
    query: str
    draw: Callable[[pl.DataFrame], Any]


def write_report(home: Home) -> Path:
    """Write ``demo/report.html`` under ``home``: a page without links to anything; returns its path.

    Raises ConcordError when there is no demo company.
    """
    folder = home.root / "demo"
    company = lives_in(folder)
    if company is None:
        raise ConcordError("There is no demo company here.", hint="Run `concord demo` first.")
    connection = scratch(memory_limit="4GB", threads=2, folder=home.work)
    try:
        for table in SHAPES:
            _view(connection, folder, table)
        parts = [_section(connection, picture) for picture in PICTURES]
    finally:
        connection.close()
    title = f"The {company.scale} company of seed {company.seed}, up to {as_date(company.day):%d %B %Y}"
    target = folder / "report.html"
    target.write_text(_PAGE.format(title=escape(title), parts="\n".join(parts)), encoding="utf-8")
    return target


def _view(connection: duckdb.DuckDBPyConnection, folder: Path, table: str) -> None:
    """A view on the last version of each row of ``table``; without deliveries an empty one."""
    shape = SHAPES[table]
    name = table.split("/")[1]
    view = quoted(name.lower())
    files = folder / "extracts" / table
    if not any(files.glob("*.csv")):
        columns = ", ".join(f"null::varchar as {quoted(column)}" for column in shape.columns)
        connection.execute(f"create view {view} as select {columns} limit 0")
        return
    key = ", ".join(quoted(column) for column in shape.key)
    options = "all_varchar = true, union_by_name = true, filename = true, ignore_errors = true"
    source = f"read_csv({literal(files / '*.csv')}, {options})"
    gone = "ODQ_CHANGEMODE = 'D'" if "ODQ_CHANGEMODE" in shape.columns else "IsDeleted = 'true'"
    delivered_once = len(list(files.glob("*.csv"))) == 1
    newest = "" if delivered_once else f"qualify row_number() over (partition by {key} order by filename desc) = 1"
    connection.execute(f"create view {view} as select * from (select * from {source} {newest}) where not ({gone})")


def _section(connection: duckdb.DuckDBPyConnection, picture: Picture) -> str:
    data = connection.execute(picture.query).pl()
    body = "<p>Nothing to show.</p>"
    if data.height:
        body = vl_convert.vegalite_to_svg(picture.draw(data).properties(width=560, height=240).to_json())
    return f"<section><h2>{escape(picture.question)}</h2><p>{escape(picture.expected)}</p>{body}</section>"


def _bars(x: str, y: str, *, x_title: str, y_title: str, scale: str = "linear") -> Callable[[pl.DataFrame], Any]:
    """Bars of ``y`` over the bins ``x`` in their order; ``scale`` "symlog" lets small bars be seen beside large ones."""

    def draw(data: pl.DataFrame) -> Any:
        axis = alt.X(f"{x}:O", title=x_title, sort=None, axis=alt.Axis(labelOverlap=True, labelAngle=0))
        chart = alt.Chart(data.to_pandas()).mark_bar(color=_BLUE)
        return chart.encode(x=axis, y=alt.Y(f"{y}:Q", title=y_title, scale=alt.Scale(type=scale)))

    return draw


def _ranked(name: str, value: str, *, title: str) -> Callable[[pl.DataFrame], Any]:
    """Bars that lie, the longest first, each with its name."""

    def draw(data: pl.DataFrame) -> Any:
        chart = alt.Chart(data.to_pandas()).mark_bar(color=_BLUE)
        return chart.encode(x=alt.X(f"{value}:Q", title=title), y=alt.Y(f"{name}:N", sort="-x", title=None))

    return draw


def _spread(group: str, *, title: str) -> Callable[[pl.DataFrame], Any]:
    """For each group a line from the first to the ninth tenth, thick between the quarters, with a dot at the median."""

    def draw(data: pl.DataFrame) -> Any:
        base = alt.Chart(data.to_pandas()).encode(y=alt.Y(f"{group}:N", sort=None, title=None))
        thin = base.mark_rule(color=_GREY).encode(x=alt.X("p10:Q", title=title), x2="p90:Q")
        thick = base.mark_bar(color=_BLUE, height=10).encode(x="p25:Q", x2="p75:Q")
        return thin + thick + base.mark_point(color="black", filled=True, size=50).encode(x="p50:Q")

    return draw


def _lines(x: str, *, y_title: str) -> Callable[[pl.DataFrame], Any]:
    """Lines over months, one a column besides ``x``, named by their columns."""

    def draw(data: pl.DataFrame) -> Any:
        long = data.unpivot(index=x, variable_name="what", value_name="value").to_pandas()
        colour = alt.Color(
            "what:N", title=None, scale=alt.Scale(range=[_BLUE, _ORANGE, _GREY]), legend=alt.Legend(orient="top")
        )
        chart = alt.Chart(long).mark_line(strokeWidth=2)
        return chart.encode(x=alt.X(f"{x}:T", title=None), y=alt.Y("value:Q", title=y_title), color=colour)

    return draw


def _demand(data: pl.DataFrame) -> Any:
    """Orders a month beside what the true parameters expect, brought to the same mean."""
    days = pl.Series(range(day_number(HISTORY_START), day_number(max(data["month"])) + 31), dtype=pl.Int32)
    level = pl.DataFrame({"day": days, "expected": DEMAND.level(days.to_numpy())})
    by_month = level.group_by(pl.col("day").cast(pl.Date).dt.truncate("1mo").alias("month")).agg(
        pl.col("expected").sum()
    )
    both = data.join(by_month, on="month", how="left").sort("month")
    scaled = both.with_columns((pl.col("expected") * both["orders"].sum() / both["expected"].sum()).alias("expected"))
    return _lines("month", y_title="orders")(scaled.select("month", "orders", pl.col("expected").alias("true demand")))


def _log_bins(value: str, *, steps: int = 4) -> str:
    """Lower edges of bins that grow by the same factor, ``steps`` in a tenfold."""
    return f"cast(round(pow(10, floor(log10({value}) * {steps}) / {steps})) as bigint)"


_QUANTILES = ", ".join(f"quantile_cont(days, {share / 100}) as p{share}" for share in (10, 25, 50, 75, 90))

PICTURES = (
    Picture(
        "How many orders come in a month?",
        "Growth, a season with a quiet August and December, promotions, and the shock of June 2025 that wears off.",
        """
        select date_trunc('month', try_strptime(AUDAT, '%Y%m%d'))::date as month, count(*)::double as orders
        from vbak where VBTYP = 'C' and try_strptime(AUDAT, '%Y%m%d') between date '2023-11-01' and date '2032-12-31'
        group by 1 order by 1
        """,
        _demand,
    ),
    Picture(
        "How many orders does a customer place?",
        "A heavy tail: many customers order now and then, and a few all the time.",
        f"""
        select {_log_bins("orders")} as orders, count(*) as customers
        from (select KUNNR, count(*) as orders from vbak where VBTYP = 'C' group by 1) group by 1 order by 1
        """,
        _bars("orders", "customers", x_title="orders of a customer, at least", y_title="customers"),
    ),
    Picture(
        "What is an order worth?",
        "Close to lognormal: most are small, and a few make much of the revenue.",
        f"""
        select {_log_bins("try_cast(NETWR as double)")} as value, count(*) as orders
        from vbak where VBTYP = 'C' and WAERK = 'EUR' and try_cast(NETWR as double) >= 1 group by 1 order by 1
        """,
        _bars("value", "orders", x_title="net value in EUR, at least", y_title="orders"),
    ),
    Picture(
        "How late do goods leave?",
        "Most on the day promised; stockouts make the tail (the scale of the bars is logarithmic).",
        """
        select least(date_diff('day', try_strptime(WADAT, '%Y%m%d'), try_strptime(WADAT_IST, '%Y%m%d')), 30) as days,
            count(*) as deliveries
        from likp where VBTYP = 'J' and try_strptime(WADAT_IST, '%Y%m%d') >= try_strptime(WADAT, '%Y%m%d') group by 1 order by 1
        """,
        _bars(
            "days",
            "deliveries",
            x_title="days after the day promised (30: or more)",
            y_title="deliveries",
            scale="symlog",
        ),
    ),
    Picture(
        "When do customers pay?",
        "Around the due day with a long right tail; discount takers are early, and disputes are very late.",
        """
        select greatest(least(date_diff('day', try_strptime(ZFBDT, '%Y%m%d') + to_days(try_cast(ZBD1T as integer)),
            try_strptime(AUGDT, '%Y%m%d')), 90), -40) // 5 * 5 as days, count(*) as invoices
        from bsad where BLART = 'RV' and SHKZG = 'S' and try_strptime(AUGDT, '%Y%m%d') is not null group by 1 order by 1
        """,
        _bars("days", "invoices", x_title="days after due, in steps of five", y_title="invoices"),
    ),
    Picture(
        "How long does an opportunity stay in a stage?",
        "Gamma-like: the tenth to ninetieth percentile, the quarters, and the median.",
        f"""
        with step as (
            select StageName as stage, date_diff('second', CreatedDate::timestamptz, lead(CreatedDate::timestamptz)
                over (partition by OpportunityId order by CreatedDate)) / 86400.0 as days
            from opportunityhistory
            where try_cast(CreatedDate as timestamptz) is not null
        )
        select stage, {_QUANTILES} from step where days is not null and stage not like 'Closed%'
        group by 1 having count(*) > 50 order by p50
        """,
        _spread("stage", title="days"),
    ),
    Picture(
        "What becomes of opportunities?",
        "About every fourth is won.",
        "select StageName as stage, count(*) as opportunities from opportunity group by 1 having count(*) > 2",
        _ranked("stage", "opportunities", title="opportunities"),
    ),
    Picture(
        "How fast are suppliers?",
        "From order to first receipt: the lead times of the catalogue, with noise and late ones.",
        f"""
        with receipt as (
            select EBELN, EBELP, min(try_strptime(BUDAT, '%Y%m%d')) as received from ekbe where VGABE = '1' group by 1, 2
        ),
        wait as (
            select lfa1.LAND1 as country, date_diff('day', try_strptime(ekko.BEDAT, '%Y%m%d'), received) as days
            from receipt join ekko using (EBELN) join lfa1 using (LIFNR)
        )
        select country, {_QUANTILES} from wait where days is not null group by 1 order by p50
        """,
        _spread("country", title="days from order to first receipt, by country of the supplier"),
    ),
    Picture(
        "What do revenue and cost of sales look like in the books?",
        "In EUR a month, all companies; cost follows revenue, and the margin is stable.",
        """
        select date_trunc('month', try_strptime(BUDAT, '%Y%m%d'))::date as month,
            -sum(try_cast(KSL as double)) filter (RACCT in ('0000800000', '0000801000', '0000809000')) / 1e3 as revenue,
            sum(try_cast(KSL as double)) filter (RACCT in ('0000500000', '0000501000')) / 1e3 as "cost of sales"
        from acdoca where try_strptime(BUDAT, '%Y%m%d') between date '2023-11-01' and date '2032-12-31' group by 1 order by 1
        """,
        _lines("month", y_title="thousand EUR"),
    ),
    Picture(
        "How soon are cases closed?",
        "By priority, in days.",
        f"""
        with closed as (
            select Priority as priority, date_diff('second', try_cast(CreatedDate as timestamptz),
                try_cast(ClosedDate as timestamptz)) / 86400.0 as days
            from "case"
        )
        select priority, {_QUANTILES} from closed where days is not null and days >= 0 group by 1 order by p50
        """,
        _spread("priority", title="days from opening to closing"),
    ),
)

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 1320px; margin: 2rem auto; padding: 0 1rem; color: #222; }}
main {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(600px, 1fr)); gap: 1.5rem; }}
section {{ border: 1px solid #ddd; border-radius: 8px; padding: 1rem; overflow-x: auto; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.1rem; margin: 0; }} p {{ margin: .25rem 0 .75rem; color: #555; }}
</style></head><body><h1>{title}</h1>
<p>Made from the extracts alone, as the systems deliver them; the true demand is the only line from the truth.</p>
<main>{parts}</main></body></html>
"""
