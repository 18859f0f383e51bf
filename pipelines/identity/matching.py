"""The whole way from records to clusters, in one call."""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from pipelines.identity.clustering import Clusters, cluster
from pipelines.identity.model import Model
from pipelines.identity.scoring import score
from pipelines.identity.standardise import standardise
from pipelines.identity.training import train
from pipelines.warehouse import quoted


@dataclass(frozen=True)
class Matching:
    """Clusters, and the model that made them."""

    clusters: Clusters
    model: Model


def match(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    *,
    link: bool = False,
    seed: int = 1,
    step: Callable[[str], None] = lambda _: None,
) -> Matching:
    """Match the table ``records`` (any of records.COLUMNS) with itself; ``link``: only across source systems.

    Leaves the tables ``identity_standard`` and ``identity_pairs`` in the connection. ``step`` is told what is done now.
    """
    step("Standardising")
    standardise(connection, records, "identity_standard")
    step("Learning the weights")
    model = train(connection, "identity_standard", seed=seed, link=link)
    step("Scoring pairs")
    score(connection, "identity_standard", model, into="identity_pairs", link=link)
    step("Clustering")
    ids = [str(row[0]) for row in connection.execute(f"select id from {quoted(records)}").fetchall()]
    edges = connection.execute("select left_id, right_id, match_weight from identity_pairs").fetchall()
    found = cluster(ids, edges, match_weight=model.match_weight, review_weight=model.review_weight)
    return Matching(found, model)
