"""Who is who in the published version, beside the truth."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.demo.scoring.score_marts import has_mart
from pipelines.demo.scoring.score_truth import TABLE, NotJudged, share, skip, truth_table
from pipelines.home import Home
from pipelines.identity.evaluation import clusters_of_pairs, quality
from pipelines.warehouse import ask

_RECORDS = 10_000_000


def judge_identity(
    home: Home, truth: Path, drops: pl.DataFrame, as_of: int | None, skipped: NotJudged
) -> dict[str, Any] | None:
    """Compare the customers that records were sorted into with the parties behind them.

    ``precision``, ``recall`` and ``f1`` count pairs of records, the ``bcubed_`` ones records; ``review_rate`` is the share of
    the records that a steward is asked about; ``look_alikes_glued`` of ``look_alikes`` different parties were taken for one.
    Places that goods are sent to belong to customers by other means and are not judged.
    """
    known = truth_table(truth, "identity")
    if known is None or not has_mart(home, "customer", "identity_review"):
        missing = "the truth has no identity" if known is None else "the version has no customer.identity_review"
        skip(skipped, "identity", missing)
        return None
    known = known.join(drops, left_on=["system", "source_table"], right_on=TABLE, how="semi")
    if as_of is not None:
        known = known.filter(pl.col("from_day") <= as_of)
    said = _table(
        home,
        "select source_system, source_id, cast(customer_key as varchar) from conformed.customer_identity",
        ["system", "source_id", "customer"],
    )
    both = known.join(said, on=["system", "source_id"]).with_columns(
        pl.concat_str("system", "source_id", separator="/").alias("id")
    )
    asked = _table(
        home,
        "select left_id from customer.identity_review union select right_id from customer.identity_review",
        ["id"],
    )
    ids = both["id"].to_list()
    judged = quality(
        dict(zip(ids, both["customer"], strict=True)), dict(zip(ids, map(str, both["party"]), strict=True))
    )
    alike = truth_table(truth, "lookalike")
    pairs, glued = _glued(both, alike) if alike is not None else (0, 0)
    return {
        "records": both.height,
        "missing": said.height - both.height,
        "customers": both["customer"].n_unique(),
        "parties": both["party"].n_unique(),
        **asdict(judged),
        "review_records": asked.height,
        "review_rate": share(asked.height, both.height),
        "look_alikes": pairs,
        "look_alikes_glued": glued,
    }


def judge_contacts(
    home: Home, truth: Path, drops: pl.DataFrame, as_of: int | None, skipped: NotJudged
) -> dict[str, Any] | None:
    """Compare the persons that contacts were sorted into with the people behind them; figures as of `judge_identity`.

    A person of the truth is a name at a party, and what was entered again of somebody is the same person, whatever the name was
    by then. ``repeated`` counts the contacts that are not the first of their person.
    """
    known = truth_table(truth, "contact_identity")
    if known is None or not has_mart(home, "customer", "contact_review"):
        missing = "the truth has no contact_identity" if known is None else "the version has no customer.contact_review"
        skip(skipped, "contacts", missing)
        return None
    system = "salesforce"
    delivered = drops.filter((pl.col("system") == system) & (pl.col("table_name") == "Contact"))
    if as_of is not None:
        known = known.filter(pl.col("from_day") <= as_of)
    known = known if delivered.height else known.clear()
    said = _table(
        home,
        "select source_system, source_id, cast(contact_key as varchar) from conformed.contact_identity",
        ["system", "source_id", "contact"],
    )
    # A contact may be the second entry of one that the door refused: who is who is told by all of them.
    named = {
        str(row["source_id"]): f"{row['party']} {row['first_name']} {row['last_name']}"
        for row in known.iter_rows(named=True)
    }
    again = known.filter(pl.col("duplicate_of").is_in(known["source_id"].implode()))
    people = clusters_of_pairs(
        {*named, *named.values()}, [*named.items(), *zip(again["source_id"], again["duplicate_of"], strict=True)]
    )
    both = known.join(said.filter(pl.col("system") == system), on="source_id")
    asked = _table(
        home, "select left_id from customer.contact_review union select right_id from customer.contact_review", ["id"]
    )
    ids = both["source_id"].to_list()
    people = {name: people[name] for name in ids}
    return {
        "records": both.height,
        "missing": said.height - both.height,
        "persons": both["contact"].n_unique(),
        "people": len(set(people.values())),
        "repeated": both.height - len(set(people.values())),
        **asdict(quality(dict(zip(ids, both["contact"], strict=True)), people)),
        "review_records": asked.height,
        "review_rate": share(asked.height, both.height),
    }


def _glued(both: pl.DataFrame, alike: pl.DataFrame) -> tuple[int, int]:
    """Count the pairs of different parties that look alike, and those of them that share a customer."""
    customers = both.select("party", "customer").unique()
    pairs = alike.select("party", "other_party").unique()
    for party in ("party", "other_party"):
        pairs = pairs.join(customers, left_on=party, right_on="party", how="semi")
    shared = pairs.join(customers, on="party").join(
        customers, left_on=["other_party", "customer"], right_on=["party", "customer"], how="semi"
    )
    return pairs.height, shared.select("party", "other_party").unique().height


def _table(home: Home, query: str, names: list[str]) -> pl.DataFrame:
    answer = ask(home, query, limit=_RECORDS)
    return pl.DataFrame(answer.rows, schema=dict.fromkeys(names, pl.String), orient="row")
