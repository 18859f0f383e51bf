"""The command line: ``concord …``."""

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from pipelines.errors import ConcordError
from pipelines.identity import steward_commands
from pipelines.privacy.command import erase
from pipelines.serving import metrics_command
from pipelines.settings import Settings, load_settings
from pipelines.terminal import Config, Json, err, escaped, out, print_json, print_rows

app = typer.Typer(
    name="concord",
    help="Brings CRM and ERP into concord: one customer, one set of books, one version of every figure.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
)

HELD = 3


@app.callback()
def options(debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False) -> None:
    """Remember what holds for every command."""
    if debug:
        os.environ["CONCORD_DEBUG"] = "1"


def main() -> None:
    """Run the command line: one clear line for what a person can act on, and an exit code other than zero."""
    try:
        app()
    except ConcordError as error:
        if os.environ.get("CONCORD_DEBUG"):
            raise
        err.print(f"[bold red]Error:[/] {escaped(error.message)}", highlight=False)
        if error.hint:
            err.print(escaped(error.hint), style="dim", highlight=False)
        sys.exit(1)


@app.command(epilog="Example: `concord run --config docs/examples/crm-erp-csv/concord.toml`")
def run(
    config: Config = None,
    full: Annotated[bool, typer.Option("--full", help="Rebuild the warehouse from the whole log.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep a candidate that fails, for a look.")] = False,
    as_json: Json = False,
) -> None:
    """Ingest what is new, build, audit, publish.

    Exit code 0: done. 1: nothing was published, readers keep the last version. 3: published, but a table was held back.
    """
    settings = load_settings(config)
    account = _run(settings, full=full, keep=keep, as_json=as_json)
    if account.held:
        raise typer.Exit(HELD)


demo_app = typer.Typer(
    epilog="Example: `concord demo --no-serve`, then `concord demo score`",
    invoke_without_command=True,
    rich_markup_mode="markdown",
)
app.add_typer(demo_app, name="demo")


@demo_app.callback()
def demo(
    context: typer.Context,
    scale: Annotated[
        str | None, typer.Option("--scale", help="tiny, small (default), medium or large: 3 k to 20 M order lines.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="Another seed is another company; default 1.")
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", min=0, help="Days by which the company lives on; default 1 when it exists.")
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Write a page with pictures of what the company is like.")
    ] = False,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop before serving the dashboards.")] = False,
    port: Annotated[int, typer.Option("--port", help="Port of the dashboards; 0: a free one.")] = 8501,
) -> None:
    """Make a company with a CRM and an ERP, run it through the warehouse, and serve the dashboards.

    The first time it has three years of history; every further time the company lives on, and the run is incremental.
    `concord demo score` compares what the warehouse says with what is true.
    """
    if context.invoked_subcommand is not None:
        return
    from pipelines.demo.drops import advance
    from pipelines.publish import rehearsal

    settings = load_settings(_demo_config())
    settings.home.create()
    rehearsal.begin(settings)  # while the company lives, and its extracts are taken in
    folder = settings.home.root / "demo"
    with settings.home.lock("demo", wait=False), _bar("The company lives") as progress:
        drops = advance(folder, scale=scale, seed=seed, days=days, progress=progress)
    rows = sum(sum(drop.rows.values()) for drop in drops)
    if drops:
        out.print(f"The company's CRM and ERP delivered {rows:,} rows, up to {drops[-1].day:%d %B %Y}.\n")
    if report:
        from pipelines.demo.report import write_report

        with err.status("Drawing …"):
            target = write_report(settings.home)
        out.print(f"What the company is like: {target}\n", highlight=False, soft_wrap=True)
    _run(settings, full=False, keep=False, as_json=False)
    if not no_serve:
        _serve(settings, port)


@demo_app.command(epilog="Example: `concord demo score --json`")
def score(as_json: Json = False) -> None:
    """Compare what the warehouse says with the truth of the simulated company, which the pipeline cannot read."""
    from pipelines.demo.scoring.score import print_score
    from pipelines.demo.scoring.score import score as judge

    settings = load_settings(_demo_config())
    with _state(settings), err.status("Comparing with the truth …"):
        result = judge(settings.home)
    if as_json:
        print_json(result)
    else:
        print_score(out, result)


app.add_typer(steward_commands.app, name="identity")
app.add_typer(metrics_command.app, name="metrics")
app.command(epilog="Example: `concord erase 123456789 --reason 'request 17'`")(erase)


@app.command(epilog="Example: `concord status --json`")
def status(config: Config = None, as_json: Json = False) -> None:
    """Show the published version, the kept ones, and how the last run ended."""
    from pipelines.publish import versions
    from pipelines.report import ago
    from pipelines.warehouse import current_version

    settings = load_settings(config)
    with _state(settings) as state:
        current = current_version(settings.home)
        kept = versions.kept(settings.home, state)
        last = state.last_run()
    if as_json:
        entries = [_version_entry(version, current) for version in kept]
        published = next((entry for entry in entries if entry["current"]), None)
        print_json({"published": published, "kept": entries, "last_run": last, "home": str(settings.home.root)})
        return
    if current is None:
        out.print("Nothing has been published yet. Run `concord run` or `concord demo`.", highlight=False)
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("version", "published", "", "through batch", ""):
        table.add_column(name)
    for version in reversed(kept):
        is_current = version.number == current
        instant = f"{version.published_at:%Y-%m-%d %H:%M:%S} UTC"
        mark = "← readers see this one" if is_current else ""
        row = (str(version.number), instant, ago(version.published_at), str(version.through_batch_id), mark)
        table.add_row(*row, style="bold" if is_current else None)
    out.print(table)
    if last is not None:
        out.print(f"\nLast run: {last['run_id']}, {last['outcome']}.", highlight=False)


@app.command(epilog="Example: `concord rollback` (to the version before) or `concord rollback 12`")
def rollback(
    version: Annotated[int | None, typer.Argument(help="A kept version; default: the one before the current.")] = None,
    config: Config = None,
) -> None:
    """Let readers see an earlier version again. Nothing is lost: the next run takes in what it lacks."""
    from pipelines.publish import versions

    settings = load_settings(config)
    with _state(settings) as state:
        target = versions.rollback(settings, state, version)
    out.print(f"Readers see version {target.number} now, published {target.published_at:%Y-%m-%d %H:%M:%S} UTC.")


@app.command(epilog='Example: `concord sql "from sales.revenue_month order by order_month desc limit 3"`')
def sql(
    query: Annotated[str, typer.Argument(help="SQL on the published version, read-only; '-' reads standard input.")],
    config: Config = None,
    as_json: Json = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Rows to show at the most.")] = 1000,
    version: Annotated[int | None, typer.Option("--version", help="A kept version instead of the current one.")] = None,
) -> None:
    """Ask the published warehouse a question."""
    from pipelines.warehouse import ask

    settings = load_settings(config)
    text = sys.stdin.read() if query == "-" else query
    answer = ask(settings.home, text, limit=limit, number=version)
    if as_json:
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
        print_json(
            {"version": answer.version, "columns": answer.columns, "rows": rows, "truncated": answer.is_truncated}
        )
        return
    print_rows(answer.columns, answer.rows)
    more = f", more than {limit} rows: raise --limit" if answer.is_truncated else ""
    err.print(f"{len(answer.rows):,} rows from version {answer.version}{more}", style="dim")


@app.command(epilog="Example: `concord dashboards --port 8600`")
def dashboards(
    config: Config = None,
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1; 0: a free one.")] = 8501,
) -> None:
    """Serve the dashboards on this machine until Ctrl-C."""
    _serve(load_settings(config), port)


@app.command(epilog="Example: `concord docs`")
def docs(config: Config = None) -> None:
    """Write the documentation of all models, with their lineage, into one HTML file."""
    from pipelines.publish.documentation import write_documentation

    settings = load_settings(config)
    with _state(settings) as state, err.status("Reading the models …"):
        target = write_documentation(settings, state)
    out.print(f"Written to {target}", highlight=False, soft_wrap=True)


@app.command(epilog="Example: `concord doctor --config concord.toml`")
def doctor(config: Config = None) -> None:
    """Check the machine, the configuration, the sources and the stores, and say what to do."""
    from pipelines.doctor import examine

    healthy = True
    for finding in examine(config):
        healthy &= finding.is_well
        out.print(f"{'[green]✓' if finding.is_well else '[red]✗'}[/] {escaped(finding.text)}", highlight=False)
        if not finding.is_well and finding.advice:
            out.print(f"    {escaped(finding.advice)}", style="dim", highlight=False)
    if not healthy:
        raise typer.Exit(1)


def _run(settings: Settings, *, full: bool, keep: bool, as_json: bool) -> Any:
    """Run under Prefect, with progress, and show the account; ConcordError passes through after the account is shown."""
    from pipelines.flows.server import prefect_api
    from pipelines.publish import rehearsal

    settings.home.create()
    with _state(settings) as state:
        from pipelines import run as runs

        account = runs.new_account(state)
    rehearsal.begin(settings)
    from pipelines.report import LiveProgress, print_account

    with prefect_api(settings.home.root) as api:
        with err.status("Starting …"):
            _import_while_waiting(api)
            api.wait()
            from pipelines.flows import run as flows
        with LiveProgress(err) as progress:
            flows.watcher.set(progress)
            flows.account.set(account)
            try:
                flows.concord_run(str(settings.file), number=account.run_id, full=full, keep=keep)
            except ConcordError:
                if as_json:
                    print_json(account.model_dump(mode="json"))
                raise
    if as_json:
        print_json(account.model_dump(mode="json"))
    else:
        print_account(out, account)
    return account


def _import_while_waiting(api: Any) -> None:
    """Import the slow libraries while Prefect's API starts in its own process."""
    for library in ("prefect", "pipelines.flows.run"):
        if api.answers():
            return
        importlib.import_module(library)


@contextmanager
def _bar(title: str) -> Iterator[Callable[[int, int, str], None]]:
    """Show how far something is: the function takes the steps done, the steps in all, and what is done now."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[what]}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(title, total=None, what="")

        def show(done: int, steps: int, what: str) -> None:
            progress.update(task, completed=done, total=steps, what=what)

        yield show


def _serve(settings: Settings, port: int) -> None:
    from pipelines.serving.dashboards import serve

    serve(settings, port, lambda url: out.print(f"Dashboards: [bold]{url}[/]  (Ctrl-C ends them)", highlight=False))


@contextmanager
def _state(settings: Settings) -> Iterator[Any]:
    from pipelines.state import State

    settings.home.create()
    with State(settings.state_url.get_secret_value()) as state:
        yield state


def _demo_config() -> Path:
    from pipelines.settings import REPOSITORY

    return REPOSITORY / "concord.toml"


def _version_entry(version: Any, current: int | None) -> dict[str, Any]:
    return {
        "number": version.number,
        "published_at": version.published_at,
        "through_batch_id": version.through_batch_id,
        "current": version.number == current,
    }


if __name__ == "__main__":
    main()
