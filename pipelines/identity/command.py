"""The command ``concord identity …``."""

import json
import sys
import tempfile
import time
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(
    name="identity",
    help="Which records are the same company or person.",
    epilog="Example: `concord identity review --limit 5`",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
QUIET_SECONDS = 2.0
"""Work that takes longer says on standard error what it is doing."""


class Mode(StrEnum):
    """What may be the same: records of different systems only (link), any two (dedupe), or what the truth suggests (auto)."""

    AUTO = "auto"
    LINK = "link"
    DEDUPE = "dedupe"


@app.callback()
def identity() -> None:
    """Which records are the same company or person."""


@app.command(epilog="Example: `concord identity evaluate crm.csv erp.csv --truth same.csv --json`")
def evaluate(
    records: Annotated[
        list[Path], typer.Argument(help="CSV or Parquet files with a column id and any of name, street, city, phone …")
    ],
    truth: Annotated[Path, typer.Option(help="File with id and cluster, or with left_id and right_id.")],
    mode: Annotated[
        Mode,
        typer.Option(
            help="link: only records of different systems can be the same. dedupe: any two can. auto: link when there are"
            " several systems and the truth has no two records of one system that are the same, else dedupe."
        ),
    ] = Mode.AUTO,
    link: Annotated[bool, typer.Option("--link", help="Short for --mode link.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on standard output and nothing else there.")
    ] = False,
) -> None:
    """Match records and say how good that is beside a truth.

    A system is what source_system says, else the file. Nothing is learned from the truth, and nothing leaves the machine.
    """
    result = evaluation(records, truth, mode=Mode.LINK if link else mode)
    if as_json:
        sys.stdout.write(json.dumps(result, indent=2) + "\n")
    else:
        _show(result)


def evaluation(records: list[Path], truth: Path, *, mode: Mode = Mode.AUTO) -> dict[str, Any]:
    """Match files of records and compare with the file ``truth``; returns what `evaluate` prints.

    Raises ConcordError when a file cannot be read, ids repeat, or the truth names other records.
    """
    from pipelines.identity.evaluation import quality
    from pipelines.identity.matching import match
    from pipelines.identity.records import read_records
    from pipelines.identity.truth import read_truth
    from pipelines.warehouse import scratch

    say = _Progress()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="concord-identity-") as folder:
        connection = scratch(memory_limit="1600MB", threads=2, folder=Path(folder))
        try:
            say("Reading")
            count = read_records(connection, records, "records", note=say.note)
            systems = dict(connection.execute("select id, source_system from records").fetchall())
            told = read_truth(connection, truth, set(systems))
            is_link = mode is Mode.LINK or (mode is Mode.AUTO and told.is_across(systems))
            found = match(connection, "records", link=is_link, step=say)
            say("Judging")
        finally:
            connection.close()
    cluster_of = found.clusters.cluster_of
    system_of = systems.get if is_link else None
    pairs = told.pairs if told.pairs is not None and is_link else None
    judged = quality(cluster_of, told.cluster_of, system_of=system_of, true_pairs=pairs)
    return {
        **asdict(judged),
        "review_pairs": len(found.clusters.review),
        "records": count,
        "clusters": len(set(cluster_of.values())),
        "seconds": round(time.perf_counter() - started, 3),
        "mode": str(Mode.LINK if is_link else Mode.DEDUPE),
        "is_trained": found.model.is_trained,
    }


class _Progress:
    """Says on standard error what is done now, once the work has taken longer than QUIET_SECONDS."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, width=None if sys.stderr.isatty() else 120)
        self.started = time.perf_counter()

    def __call__(self, step: str) -> None:
        seconds = time.perf_counter() - self.started
        if seconds > QUIET_SECONDS:
            self.note(f"{step} … ({seconds:.0f} s)")

    def note(self, text: str) -> None:
        """Say something at once."""
        self.console.print(text, style="dim", highlight=False, markup=False)


def _show(result: dict[str, Any]) -> None:
    out = Console(width=None if sys.stdout.isatty() else 120)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("", "precision", "recall", "F1"):
        table.add_column(name, justify="right" if name else "left")
    for title, prefix in (("pairs", ""), ("B-cubed", "bcubed_")):
        table.add_row(title, *(f"{result[f'{prefix}{name}']:.4f}" for name in ("precision", "recall", "f1")))
    out.print(table)
    way = "across systems" if result["mode"] == Mode.LINK else "any two"
    weights = "learned weights" if result["is_trained"] else "shipped weights: too little to learn from"
    out.print(
        f"{result['records']:,} records ({way}; {weights}) in {result['clusters']:,} clusters, "
        f"{result['review_pairs']:,} pairs for review, {result['seconds']:.1f} s",
        highlight=False,
    )
