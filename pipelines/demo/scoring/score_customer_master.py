"""Why CRM and ERP say different things of a customer: what was written wrongly, and what one of them was not told."""

from pathlib import Path

import polars as pl

from pipelines.demo.scoring.score_truth import truth_table

CHECK = "customer_master_agrees"
"""Its documents read "<attribute> of <system>/<record> and <system>/<record> …"."""

_FIELDS = {
    "name": {"name", "first_name", "last_name"},
    "country": {"country"},
    "postcode": {"postcode"},
    "city": {"city"},
    "tax_id": {"vat"},
    "phone": {"phone"},
}
"""The fields of the truth identity_mess that an attribute of the warehouse is made of."""
_COLUMNS = {
    "Name": ("name",),
    "NAME1": ("name",),
    "BillingCountryCode": ("country", "phone"),
    "LAND1": ("country", "phone"),
}
"""The attributes that are made of a column of Account and KNA1 that faults befall: a number is read as one of its country."""
_CHANGES = {"new_name": ("name",), "move": ("postcode", "city"), "branch": ("postcode", "city", "phone")}
"""The attributes that differ because a party changed, or because the record is of a branch in another place."""
_TABLES = ("Account", "KNA1")

Trait = tuple[str, str]
"""A record as "<system>/<key>", and an attribute of it."""


class Differences:
    """The attributes of records that need not be those of the same customer in the other system."""

    def __init__(self, truth: Path, faults: pl.DataFrame, as_of: int | None) -> None:
        self.traits = {*_written(truth), *_faulty(faults)}
        self.refused = set(_refused(faults))
        self.changed = set(_changed(truth, as_of))

    def explain(self, document: str) -> bool:
        """Whether the truth says why the records that ``document`` names differ in its attribute."""
        attribute, _, text = document.partition(" of ")
        records = text.split(" and ")
        return any(
            (record, attribute) in self.traits or (record, attribute) in self.changed or record in self.refused
            for record in records
        )


def _written(truth: Path) -> list[Trait]:
    """What somebody wrote otherwise than it is."""
    mess = truth_table(truth, "identity_mess")
    if mess is None:
        return []
    attribute = {field: attribute for attribute, fields in _FIELDS.items() for field in fields}
    rows = mess.select("system", "source_id", "field").unique().rows()
    return [(f"{system}/{record}", attribute[field]) for system, record, field in rows if field in attribute]


def _faulty(faults: pl.DataFrame) -> list[Trait]:
    """What a delivered row says wrongly."""
    rows = faults.filter(pl.col("table_name").is_in(_TABLES), pl.col("caught_by") == "report")
    return [
        (f"{system}/{key}", attribute)
        for system, key, column in rows.select("system", "key", "column_name").rows()
        for attribute in _COLUMNS.get(column, ())
    ]


def _refused(faults: pl.DataFrame) -> list[str]:
    """The records of which the door refused a row, so that the warehouse knows an older one, or none."""
    rows = faults.filter(pl.col("table_name").is_in(_TABLES), pl.col("caught_by") == "contract")
    return [f"{system}/{key}" for system, key in rows.select("system", "key").rows()]


def _changed(truth: Path, as_of: int | None) -> list[Trait]:
    """What a party changed, and what a branch has of its own, for the records of customers.

    Whether a system was told of a change does not matter: who was told may not have written it into every record.
    """
    changes, identity = truth_table(truth, "party_change"), truth_table(truth, "identity")
    if identity is None:
        return []
    records = identity.filter(pl.col("source_table").is_in(_TABLES)).select("system", "source_id", "party", "role")
    found = records.filter(pl.col("role") == "branch").select("system", "source_id", pl.lit("branch").alias("kind"))
    if changes is not None:
        if as_of is not None:
            changes = changes.filter(pl.col("day") <= as_of)
        moved = changes.select("party", "kind").join(records, on="party").select("system", "source_id", "kind")
        found = pl.concat([found, moved]).unique()
    return [
        (f"{system}/{record}", attribute)
        for system, record, kind in found.rows()
        for attribute in _CHANGES.get(kind, ())
    ]
