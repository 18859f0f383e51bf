"""Figures that people read from the published version, beside the truth."""

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.demo.scoring.score_truth import TABLE, NotJudged, share, skip, truth_table
from pipelines.home import Home
from pipelines.warehouse import ask


def judge_revenue(home: Home, truth: Path, as_of: int | None, skipped: NotJudged) -> dict[str, Any] | None:
    """Compare the net value of orders by month of order; ``difference`` is the warehouse less the truth."""
    known = truth_table(truth, "order_truth")
    if known is None or not has_mart(home, "sales", "revenue_month"):
        missing = "the truth has no order_truth" if known is None else "the version has no sales.revenue_month"
        skip(skipped, "marts.revenue", missing)
        return None
    if as_of is not None and "on" in known.columns:
        known = known.filter(pl.col("on") <= as_of)
    months = known.group_by("order_month").agg(pl.col("net_amount_group").sum().alias("truth_cents"))
    query = (
        "select strftime(order_month, '%Y-%m') as order_month, cast(revenue_group * 100 as bigint) as warehouse_cents "
        "from sales.revenue_month"
    )
    answer = ask(home, query, limit=10_000)
    said = pl.DataFrame(answer.rows, schema={"order_month": pl.String, "warehouse_cents": pl.Int64}, orient="row")
    both = months.join(said, on="order_month", how="full", coalesce=True).sort("order_month")
    both = both.with_columns(pl.col("truth_cents", "warehouse_cents").fill_null(0))
    both = both.with_columns((pl.col("warehouse_cents") - pl.col("truth_cents")).alias("difference_cents"))
    total, warehouse = int(both["truth_cents"].sum()), int(both["warehouse_cents"].sum())
    return {
        "months": both.height,
        "months_exact": both.filter(pl.col("difference_cents") == 0).height,
        "truth_cents": total,
        "warehouse_cents": warehouse,
        "difference_cents": warehouse - total,
        "difference_rate": share(warehouse - total, total),
        "by_month": both.to_dicts(),
    }


def judge_customers(
    home: Home, truth: Path, drops: pl.DataFrame, as_of: int | None, skipped: NotJudged
) -> dict[str, Any] | None:
    """Compare the golden customers with the parties behind the records that were delivered."""
    known = truth_table(truth, "identity")
    if known is None or not has_mart(home, "customer", "customer_360"):
        missing = "the truth has no identity" if known is None else "the version has no customer.customer_360"
        skip(skipped, "marts.customers", missing)
        return None
    known = known.join(drops, left_on=["system", "source_table"], right_on=TABLE, how="semi")
    if as_of is not None:
        known = known.filter(pl.col("from_day") <= as_of)
    answer = ask(home, "select count(*) from customer.customer_360 where customer_key <> -1", limit=1)
    true, said = known["party"].n_unique(), int(answer.rows[0][0])
    return {"truth": true, "warehouse": said, "difference": said - true, "records": known.height}


def has_mart(home: Home, schema: str, name: str) -> bool:
    """Tell whether the published version has a table or view of that name."""
    query = f"select 1 from information_schema.tables where table_schema = '{schema}' and table_name = '{name}'"
    return bool(ask(home, query, limit=1).rows)
