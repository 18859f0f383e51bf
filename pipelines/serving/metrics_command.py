"""The commands ``concord metrics list | show | query``."""

from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table

from pipelines.errors import ConcordError
from pipelines.serving import metrics
from pipelines.settings import load_settings
from pipelines.terminal import Config, Json, err, escaped, out, print_csv, print_json, print_rows

app = typer.Typer(
    name="metrics",
    help="What every figure means, and its value: one formula a KPI.",
    epilog="Example: `concord metrics query order_value,gross_margin_rate --grain quarter --by customer__country_code`",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
Version = Annotated[int | None, typer.Option("--version", help="A kept version instead of the current one.")]


class Grain(StrEnum):
    """Periods that metrics can be split by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@app.command("list", epilog="Example: `concord metrics list --subject finance`")
def show_all(
    config: Config = None,
    subject: Annotated[str | None, typer.Option("--subject", help="Only metrics of this subject.")] = None,
    version: Version = None,
    as_json: Json = False,
) -> None:
    """List the metrics of the published version."""
    known = metrics.catalogue(load_settings(config).home, version)
    chosen = [metric for metric in known.metrics.values() if subject in {None, metric.subject}]
    if not chosen:
        subjects = ", ".join(sorted({metric.subject for metric in known.metrics.values()}))
        raise ConcordError(f"No metric has the subject '{subject}'.", hint=f"Subjects: {subjects}.")
    if as_json:
        print_json({"version": known.version, "metrics": [asdict(metric) for metric in chosen]})
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("subject", "metric", "label", "unit", "kind"):
        table.add_column(name, no_wrap=True)
    for metric in sorted(chosen, key=lambda metric: (metric.subject, metric.name)):
        table.add_row(*map(escaped, (metric.subject, metric.name, metric.label, metric.unit, metric.kind)))
    out.print(table)
    err.print(f"{len(chosen)} metrics of version {known.version}", style="dim", highlight=False)


@app.command(epilog="Example: `concord metrics show days_sales_outstanding`")
def show(
    name: Annotated[str, typer.Argument(help="A metric.")],
    config: Config = None,
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Show what a metric means, how it is computed, and what it can be split by."""
    known = metrics.catalogue(load_settings(config).home, version)
    metric = metrics.metric_of(known, name)
    if as_json:
        print_json({"version": known.version, **asdict(metric)})
        return
    out.print(f"[bold]{escaped(metric.label)}[/]  ({metric.name})\n{escaped(metric.description)}\n", highlight=False)
    direction = {"up_is_better": "more is better", "down_is_better": "less is better"}.get(metric.direction, "")
    unit = f"{metric.unit} (a share, 1 is the whole)" if metric.unit == "%" else metric.unit
    rows = [
        ("formula", metric.formula),
        ("unit", f"{unit}{', ' if direction else ''}{direction}"),
        ("kind", metric.kind + (f" of {', '.join(metric.inputs)}" if metric.inputs else "")),
        ("counts", metric.grain),
        ("source", metric.source),
        ("subject", metric.subject),
        ("owner", metric.owner),
        ("by time", f"{metric.finest_grain} and coarser" + (", and never without" if metric.needs_time else "")),
        ("split by", ", ".join(metric.dimensions)),
    ]
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in rows:
        table.add_row(label, escaped(text))
    out.print(table)


@app.command(
    epilog="Example: `concord metrics query orders,order_value --grain month --where customer__country_code=DE`"
)
def query(
    names: Annotated[str, typer.Argument(help="A metric, or several with commas between them.")],
    config: Config = None,
    by: Annotated[str | None, typer.Option("--by", help="Dimensions to split by, with commas between them.")] = None,
    grain: Annotated[Grain | None, typer.Option("--grain", help="Periods to split by.")] = None,
    start: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", help="dimension=value; may be repeated: values of one dimension are alternatives."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Rows to show at the most.")] = 1000,
    version: Version = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV on standard output and nothing else there.")] = False,
    show_sql: Annotated[bool, typer.Option("--sql", help="Show the SQL instead of running it.")] = False,
) -> None:
    """Compute metrics on the published version."""
    question = metrics.Question(
        metrics=tuple(_names(names)),
        by=tuple(_names(by or "")),
        grain=None if grain is None else str(grain),
        start=None if start is None else start.replace(tzinfo=UTC).date(),
        end=None if end is None else end.replace(tzinfo=UTC).date(),
        where=tuple(_condition(text) for text in where or []),
    )
    home = load_settings(config).home
    if show_sql:
        compiled = metrics.compile_question(metrics.catalogue(home, version), question)
        out.print(compiled.sql, highlight=False, markup=False, soft_wrap=True)
        for parameter, value in compiled.parameters.items():
            out.print(f"-- ${parameter}: {value!r}", highlight=False, markup=False, soft_wrap=True)
        return
    answer = metrics.answer(home, question, limit=limit, number=version)
    if as_csv:
        print_csv(answer.columns, answer.rows)
    elif as_json:
        rows: list[dict[str, Any]] = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
        print_json(
            {"version": answer.version, "columns": answer.columns, "rows": rows, "truncated": answer.is_truncated}
        )
    else:
        print_rows(answer.columns, answer.rows)
    if not as_json:
        more = f", more than {limit} rows: raise --limit" if answer.is_truncated else ""
        err.print(f"{len(answer.rows):,} rows from version {answer.version}{more}", style="dim")


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _condition(text: str) -> tuple[str, str]:
    """Split ``dimension=value``; ConcordError when it has no such shape."""
    dimension, sign, value = text.partition("=")
    if not sign:
        raise ConcordError(f"'{text}' is no condition.", hint="Write --where dimension=value.")
    return dimension.strip(), value
