"""What stewards do: look at doubtful pairs, decide, ask why, and let the matching learn anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from pipelines.errors import ConcordError
from pipelines.home import Home
from pipelines.identity.explanation import Explanation
from pipelines.state import IdentityDecision, IdentityModel, State
from pipelines.warehouse import ask, read_published

VERDICTS = ("same", "apart", "open")


@dataclass(frozen=True)
class DoubtfulPair:
    """Two records that may be one customer, with what a person wants to see first; ``match_weight`` in bits."""

    left_id: str
    left_name: str
    left_city: str
    right_id: str
    right_name: str
    right_city: str
    match_weight: float | None
    reason: str


def doubtful_pairs(home: Home, limit: int) -> list[DoubtfulPair]:
    """Return the pairs that wait for a steward in the published version, the most telling first."""
    columns = ", ".join(
        name if name == "match_weight" else f"coalesce({name}, '')" for name in DoubtfulPair.__dataclass_fields__
    )
    answer = ask(home, f"select {columns} from customer.identity_review order by match_weight desc", limit=limit)
    return [DoubtfulPair(*row) for row in answer.rows]


def decide(
    home: Home, state: State, left_id: str, right_id: str, verdict: str, by: str, reason: str
) -> IdentityDecision:
    """Keep a steward's word on two records; it counts from the next run on, and wins over the model for ever.

    Raises ConcordError when the published version does not know one of the records, or they are one and the same.
    """
    if left_id == right_id:
        raise ConcordError("A record is always the same as itself.", hint="Name two records.")
    _refuse_unknown(home, left_id, right_id)
    return state.decide_identity(left_id, right_id, verdict, by, reason)


def learn(home: Home, state: State) -> IdentityModel:
    """Learn the weights anew from the records of the published version; the next run matches all customers with them.

    Raises ConcordError when there are too few records to learn from.
    """
    from pipelines.identity.training import train

    with _standard_records(home) as connection:
        model = train(connection, "identity_standard")
    if not model.is_trained:
        raise ConcordError(
            f"{model.records:,} records are too few, or too much alike, to learn from.",
            hint="The shipped weights stay in use.",
        )
    return state.record_identity_model(model.to_json())


@contextmanager
def _standard_records(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection with the standardised records of the published version in ``identity_standard``."""
    connection, _ = read_published(home)
    try:
        connection.execute("use memory")
        connection.execute("create table identity_standard as from warehouse.conformed.customer_standard")
        yield connection
    finally:
        connection.close()


def _refuse_unknown(home: Home, *ids: str) -> None:
    for record_id in ids:
        system, _, source_id = record_id.partition("/")
        known = ask(
            home,
            "select 1 from conformed.customer_identity where source_system = $system and source_id = $source_id",
            parameters={"system": system, "source_id": source_id},
            limit=1,
        )
        if not known.rows:
            raise ConcordError(
                f"No customer's record is called {record_id}.",
                hint="A record is named by its system and its key there, as in salesforce/0015g000015iOBoAAM.",
            )


@dataclass(frozen=True)
class PairExplained:
    """Why two records are one customer or two.

    ``weights`` in bits, the ``values`` that were compared by field (of the left and of the right record, in one spelling), what
    stewards have said, and what the published version makes of it.
    """

    weights: Explanation
    values: dict[str, tuple[str, str]]
    decisions: list[IdentityDecision]
    is_one_customer: bool


_VALUES = {
    "name": "name_key",
    "person": "concat_ws(' ', given_name, surname)",
    "birth date": "birth_date",
    "address": "concat_ws(', ', street_key, postcode, city)",
    "country": "country",
    "phone": "phone",
    "mail or web": "concat_ws(' ', email, domain)",
    "tax id": "tax_id",
    "position": "concat_ws(' ', latitude, longitude)",
}
"""By comparison: what it looks at, as SQL on a standardised record."""


def explanation(home: Home, state: State, left_id: str, right_id: str) -> PairExplained:
    """Say what each field of two records adds to the odds that they are one customer, by the model of the published version.

    Raises ConcordError when the published version does not know one of the records, or tells them by a shared number alone.
    """
    from pipelines.identity.customers import model_of
    from pipelines.identity.explanation import explain

    _refuse_unknown(home, left_id, right_id)
    with _standard_records(home) as connection:
        (text,) = connection.execute("select parameters from warehouse.conformed.customer_model").fetchall()[0]
        compared = connection.execute(
            "select count(*) from identity_standard where id in (?, ?)", [left_id, right_id]
        ).fetchall()[0][0]
        if compared < 2:
            raise ConcordError(
                f"{left_id} and {right_id} are not compared: systems share a customer number that says who one of them is.",
                hint="`concord sql` on conformed.customer_member shows which.",
            )
        weights = explain(connection, "identity_standard", model_of(str(text)), left_id, right_id)
        sides = []
        for record_id in (weights.left_id, weights.right_id):
            fields = ", ".join(f"coalesce(cast({sql} as varchar), '')" for sql in _VALUES.values())
            sides.append(
                connection.execute(f"select {fields} from identity_standard where id = ?", [record_id]).fetchall()[0]
            )
        keys = connection.execute(
            "select count(distinct customer_key) from warehouse.conformed.customer_identity "
            "where source_system || '/' || source_id in (?, ?)",
            [left_id, right_id],
        ).fetchall()[0][0]
    pair = tuple(sorted((left_id, right_id)))
    said = [word for word in state.identity_decisions() if (word.left_id, word.right_id) == pair]
    values = {name: (str(one), str(two)) for name, one, two in zip(_VALUES, *sides, strict=True)}
    return PairExplained(weights, values, said, keys == 1)
