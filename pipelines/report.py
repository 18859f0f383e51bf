"""What a run and a warehouse look like on a terminal."""

from datetime import UTC, datetime
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipelines.run import RunAccount


class LiveProgress:
    """Shows the steps of a run as bars on a terminal, and as plain lines where there is none."""

    def __init__(self, console: Console) -> None:
        """Show on ``console``."""
        self._console = console
        self._bars = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.fields[label]:<8}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "LiveProgress":
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def begin(self, step: str, total: int) -> None:
        """Show that a step begins."""
        label = step.capitalize()
        self._tasks[step] = self._bars.add_task("", label=label, note="starting", total=total or None)
        if not self._console.is_terminal:
            self._console.print(f"{label} …", style="dim")

    def advance(self, step: str, item: str, done: int, total: int) -> None:
        """Show that an item of a step ended."""
        self._bars.update(self._tasks[step], completed=done, total=max(total, done), note=f"{done}/{total} {item}")

    def end(self, step: str, summary: str) -> None:
        """Show that a step ended."""
        task = self._tasks[step]
        total = self._bars.tasks[task].total if task in self._bars.task_ids else None
        self._bars.update(task, total=total or 1, completed=total or 1, note=f"[bold]{summary}")
        if not self._console.is_terminal:
            self._console.print(f"{step.capitalize()}: {summary}")


def print_account(console: Console, account: RunAccount) -> None:
    """Print the account of a run: what was loaded, refused, built, checked and published."""
    table = Table(title="Loaded", title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    table.add_column("table")
    for name in ("read", "quarantined", "admitted", "unchanged", "deleted", "records now"):
        table.add_column(name, justify="right")
    for row in account.tables:
        style = "red" if row.status == "held" else None
        counts = (row.read, row.quarantined, row.admitted, row.unchanged, row.deleted, row.current)
        table.add_row(row.name, *(f"{count:,}" for count in counts), style=style)
    totals = [
        sum(getattr(row, field) for row in account.tables)
        for field in ("read", "quarantined", "admitted", "unchanged", "deleted", "current")
    ]
    table.add_section()
    table.add_row("all", *(f"{total:,}" for total in totals), style="bold")
    console.print(table)
    read, quarantined, admitted, unchanged = totals[:4]
    console.print(f"{read:,} read = {quarantined:,} quarantined + {admitted:,} admitted + {unchanged:,} unchanged\n")
    _print_rules(console, account)
    for row in account.tables:
        for message in row.messages:
            style = "red" if row.status == "held" else "dim"
            console.print(Text(f"{row.name}: {message}", style=style))
    if any(row.messages for row in account.tables):
        console.print()
    _print_outcome(console, account)


def _print_rules(console: Console, account: RunAccount) -> None:
    if not any(row.rules for row in account.tables):
        return
    table = Table(title="Found at the door", title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    table.add_column("table")
    table.add_column("rule")
    table.add_column("rows that break it", justify="right")
    table.add_column("they are")
    for row in account.tables:
        for rule in row.rules:
            fate = "quarantined" if rule.severity == "quarantine" else "reported"
            table.add_row(row.name, rule.rule, f"{rule.rows:,}", fate)
    console.print(table)
    console.print(
        "Quarantined rows stay out and are kept; reported ones are admitted, and staging repairs or marks them.\n"
    )


def _print_outcome(console: Console, account: RunAccount) -> None:
    seconds = ", ".join(f"{step} {duration:.1f} s" for step, duration in account.steps.items())
    if account.outcome == "published" and account.version is not None:
        tables = [model for model in account.models if model.rows is not None]
        how = "incrementally" if account.mode == "incremental" else f"in full ({account.mode_reason})"
        console.print(f"Built {len(tables)} tables {how}, {account.checks} checks passed.")
        console.print(f"[bold green]Published version {account.version.number}[/] ({seconds}).")
    elif account.version is not None:
        console.print(f"Nothing new: version {account.version.number} stays ({seconds}).")
    for warning in account.warnings:
        console.print(Text(f"Warning: {warning}", style="yellow"))


def ago(instant: datetime) -> str:
    """Return how long ago an instant was, in words: ``3 minutes ago``."""
    seconds = max(0, int((datetime.now(UTC) - instant.astimezone(UTC)).total_seconds()))
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
