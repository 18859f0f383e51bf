"""How fast identities are matched, on records made up here: ``make bench-identity``; how well, on the demo company: ``--demo``."""

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks.identity_demo import judge_demo
from pipelines.identity.clustering import cluster
from pipelines.identity.scoring import score
from pipelines.identity.standardise import standardise
from pipelines.identity.training import train
from pipelines.warehouse import scratch

BARS = {"all": (100, 2_000), "changed": (5, 2_000)}
"""CPU seconds and MB of memory that are asked for, of 200,000 records linked with 200,000."""

_SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "ca",
    "ce",
    "co",
    "da",
    "de",
    "do",
    "fa",
    "fe",
    "fo",
    "ga",
    "ge",
    "go",
    "ha",
    "he",
    "ka",
    "ke",
    "ko",
    "la",
    "le",
    "li",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "no",
    "pa",
    "pe",
    "po",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "si",
    "so",
    "ta",
    "te",
    "ti",
    "to",
    "va",
    "ve",
    "vi",
    "vo",
]
_TRADES = [
    "Maschinenbau",
    "Logistics",
    "Hydraulik",
    "Systems",
    "Elektro",
    "Pharma",
    "Foods",
    "Textil",
    "Energie",
    "Consulting",
    "Bau",
    "Handel",
    "Metall",
    "Plastics",
    "Motors",
    "Optik",
]
_FORMS = ["GmbH", "AG", "Ltd", "Inc.", "S.A.", "B.V.", "S.r.l.", "GmbH & Co. KG", "LLC", "SAS"]
_STREETS = [
    "Hauptstraße",
    "Industriestraße",
    "Bahnhofstraße",
    "Gartenweg",
    "Lindenallee",
    "Schulstraße",
    "Ringstraße",
    "Talweg",
    "Marktplatz",
    "Bergstraße",
]


def main() -> None:
    """Measure, print what it cost beside the bars; with --json write it as well."""
    parser = argparse.ArgumentParser(prog="benchmarks.identity", description=__doc__)
    parser.add_argument("--records", type=int, default=200_000, help="records on each of the two sides")
    parser.add_argument("--changed", type=int, default=400, help="records that have changed")
    parser.add_argument("--demo", type=Path, help="instead judge the match of the demo company in this folder (…/demo)")
    parser.add_argument("--json", type=Path, help="file to write the measurements to")
    chosen = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 120)
    with tempfile.TemporaryDirectory(prefix="concord-bench-identity-") as folder:
        if chosen.demo:
            result: dict[str, Any] = judge_demo(chosen.demo, Path(folder))
            console.print_json(json.dumps(result))
        else:
            result = measure(chosen.records, chosen.changed, Path(folder))
            _show(console, result)
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def company(number: int) -> dict[str, str | None]:
    """Return company ``number``: the same one every time."""
    draw = random.Random(number)
    word = "".join(draw.choice(_SYLLABLES) for _ in range(draw.randint(3, 5))).title()
    surname = "".join(draw.choice(_SYLLABLES) for _ in range(2)).title()
    domain = f"{word.lower()}{number % 97 if draw.random() < 0.3 else ''}.de"
    return {
        "name": f"{word} {surname} {draw.choice(_TRADES)} {draw.choice(_FORMS)}"
        if draw.random() < 0.5
        else f"{word} {draw.choice(_TRADES)} {draw.choice(_FORMS)}",
        "street": f"{draw.choice(_STREETS)} {draw.randint(1, 180)}",
        "city": f"{draw.choice(_SYLLABLES)}{draw.choice(_SYLLABLES)}stadt".title(),
        "postcode": f"{draw.randint(10_000, 99_999)}",
        "phone": f"+49 {draw.randint(30, 999)} {draw.randint(100_000, 9_999_999)}",
        "domain": domain,
        "tax_id": f"DE{draw.randint(100_000_000, 999_999_999)}",
        "country": "DE",
    }


def written_again(record: dict[str, str | None], seed: int) -> dict[str, str | None]:
    """Return ``record`` as another system writes it: a slip, another legal form, other blanks, and fields that are missing."""
    draw = random.Random(seed)
    copy = dict(record)
    name = str(copy["name"])
    if draw.random() < 0.5:
        name = name.upper()
    if draw.random() < 0.25:
        place = draw.randrange(1, max(2, len(name) - 4))
        name = name[:place] + name[place + 1 :]
    if draw.random() < 0.4:
        name = name.rsplit(" ", 1)[0]
    copy["name"] = name
    copy["street"] = str(copy["street"]).replace("straße", "str.") if draw.random() < 0.5 else copy["street"]
    copy["phone"] = str(copy["phone"]).replace("+49 ", "0").replace(" ", "/") if draw.random() < 0.5 else copy["phone"]
    for field, share in (("phone", 0.2), ("domain", 0.3), ("tax_id", 0.4), ("street", 0.1), ("postcode", 0.05)):
        if draw.random() < share:
            copy[field] = None
    return copy


def _records(side: str, count: int) -> list[dict[str, str | None]]:
    """Half of the companies of a side are on the other side too."""
    if side == "crm":
        return [{"id": f"crm-{number}", "source_system": side, **company(number)} for number in range(count)]
    shift = count // 2
    return [
        {"id": f"erp-{number}", "source_system": side, **written_again(company(number), number + 1)}
        for number in range(shift, shift + count)
    ]


def write_records(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    """Make the table ``records`` of both sides."""
    import pyarrow as pa

    for side, verb in (("crm", "create table records as"), ("erp", "insert into records by name")):
        connection.register("__made", pa.Table.from_pylist(_records(side, count)))
        connection.execute(f"{verb} select * from __made")
        connection.unregister("__made")


def measure(count: int, changed: int, folder: Path) -> dict[str, Any]:
    """Link ``count`` with ``count`` records, then ``changed`` of them with all; CPU seconds of every step, peak MB, and how well."""
    connection = scratch(memory_limit="1200MB", threads=2, folder=folder)
    write_records(connection, count)
    made_mb = _peak()
    steps: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        started = time.process_time()
        done = work()
        steps[name] = time.process_time() - started
        return done

    timed("standardise", lambda: standardise(connection, "records", "standard"))
    model = timed("train", lambda: train(connection, "standard", link=True))
    timed("score", lambda: score(connection, "standard", model, into="pairs", link=True))
    ids = [row[0] for row in connection.execute("select id from records").fetchall()]

    def clusters() -> Any:
        edges = connection.execute("select left_id, right_id, match_weight from pairs").fetchall()
        return cluster(ids, edges, match_weight=model.match_weight, review_weight=model.review_weight)

    found = timed("cluster", clusters)
    peak = _peak()
    connection.execute(f"create table news as select id from records order by hash(id) limit {changed}")
    again = timed("changed", lambda: score(connection, "standard", model, into="few", link=True, changed="news"))
    pairs = again.aggregate("count(*)").fetchone()[0]
    groups: dict[str, list[str]] = {}
    for name, root in found.cluster_of.items():
        groups.setdefault(root, []).append(name)
    claimed = [group for group in groups.values() if len(group) > 1]
    right = sum(len({name.split("-")[1] for name in group}) == 1 for group in claimed)
    return {
        "records": 2 * count,
        "cpu_seconds": steps,
        "all": sum(steps[name] for name in ("standardise", "train", "score", "cluster")),
        "changed": steps["changed"],
        "changed_pairs": pairs,
        "peak_mb": peak,
        "made_mb": made_mb,
        "clusters_of_several": len(claimed),
        "right": right / max(len(claimed), 1),
        "found": right / (count - count // 2),
        "largest": max(map(len, groups.values())),
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def _show(console: Console, result: dict[str, Any]) -> None:
    table = Table(title=f"{result['records']:,} records linked", title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("")
    table.add_column("CPU s", justify="right")
    for name, seconds in result["cpu_seconds"].items():
        table.add_row(name, f"{seconds:.1f}")
    console.print(table)
    console.print(
        f"{result['clusters_of_several']:,} clusters of several records, {result['right']:.1%} of them right, {result['found']:.1%} of all "
        f"found, the largest of {result['largest']}; {result['peak_mb']:,.0f} MB at the peak",
        highlight=False,
    )
    for name, (seconds, megabytes) in BARS.items():
        for figure, bar, unit in ((result[name], seconds, "CPU seconds"), (result["peak_mb"], megabytes, "MB")):
            console.print(
                f"{'[green]✓' if figure <= bar else '[yellow]·'}[/] {name} under {bar:,} {unit}", highlight=False
            )


if __name__ == "__main__":
    main()
