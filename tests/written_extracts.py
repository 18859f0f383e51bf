"""Extracts of SAP's and Salesforce's tables written by hand, for tests that decide every row."""

import csv

from pipelines.settings import Settings

Row = dict[str, object]
_CHANGED: dict[str, Row] = {"sap": {"ODQ_CHANGEMODE": "C"}, "salesforce": {"IsDeleted": "false"}}


def deliver(settings: Settings, day: int, system: str = "sap", **tables: list[Row]) -> None:
    """Write the changes of a system's tables of a day of March 2026, with the columns that the configuration declares."""
    source = settings.sources[system]
    for name, rows in tables.items():
        target = source.path / name / f"2026-03-{day:02}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, fieldnames=list(source.tables[name].columns), restval="")
            writer.writeheader()
            writer.writerows(_CHANGED[system] | row for row in rows)
