"""Extracts of SAP's tables written by hand, for tests that decide every row."""

import csv

from pipelines.settings import Settings

Row = dict[str, object]


def deliver(settings: Settings, day: int, **tables: list[Row]) -> None:
    """Write the changes of SAP's tables of a day of March 2026, with the columns that the configuration declares."""
    sap = settings.sources["sap"]
    for name, rows in tables.items():
        target = sap.path / name / f"2026-03-{day:02}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, fieldnames=list(sap.tables[name].columns), restval="")
            writer.writeheader()
            writer.writerows({"ODQ_CHANGEMODE": "C"} | row for row in rows)
