"""What stewards do: look at doubtful pairs, decide, ask why, and let the matching learn anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from pipelines.errors import ConcordError
from pipelines.home import Home
from pipelines.state import MATCHED, IdentityDecision, IdentityModel, State
from pipelines.warehouse import ask, read_published

if TYPE_CHECKING:  # Splink takes a second to import, and every command would wait for it
    from pipelines.identity.explanation import Explanation

VERDICTS = ("same", "apart", "open")


@dataclass(frozen=True)
class DoubtfulPair:
    """Two records that may be one customer, or two contacts that may be one person; ``match_weight`` in bits.

    Of customers the city says where they are, of contacts the e-mail address.
    """

    left_id: str
    left_name: str
    left_city: str
    right_id: str
    right_name: str
    right_city: str
    match_weight: float | None
    reason: str


def doubtful_pairs(home: Home, limit: int, subject: str = "customer") -> list[DoubtfulPair]:
    """Return the pairs of a subject (one of MATCHED) that wait for a steward in the published version, the most telling first."""
    table, place = _REVIEWS[subject]
    columns = ", ".join(
        name if name == "match_weight" else f"coalesce({name.replace('_city', place)}, '')"
        for name in DoubtfulPair.__dataclass_fields__
    )
    answer = ask(home, f"select {columns} from customer.{table} order by match_weight desc", limit=limit)
    return [DoubtfulPair(*row) for row in answer.rows]


_REVIEWS = {"customer": ("identity_review", "_city"), "contact": ("contact_review", "_email")}
_CONTACT = "contact/"


def subject_of(*ids: str) -> str:
    """Return what records are (one of MATCHED) by their names: a contact's is system/contact/key, a customer's system/key."""
    return "contact" if all(name.partition("/")[2].startswith(_CONTACT) for name in ids) else "customer"


def decide(
    home: Home, state: State, left_id: str, right_id: str, verdict: str, by: str, reason: str
) -> IdentityDecision:
    """Keep a steward's word on two records; it counts from the next run on, and wins over the model for ever.

    Raises ConcordError when the published version does not know one of the records, when they are one and the same, or when they
    carry one customer number that systems share.
    """
    if left_id == right_id:
        raise ConcordError("A record is always the same as itself.", hint="Name two records.")
    _refuse_unknown(home, left_id, right_id)
    if verdict != "open" and subject_of(left_id, right_id) == "customer":
        _refuse_shared_number(home, left_id, right_id)
    return state.decide_identity(left_id, right_id, verdict, by, reason)


def learn(home: Home, state: State, subject: str = "customer") -> IdentityModel:
    """Learn the weights anew from the records of the published version; the next run matches a subject (of MATCHED) with them.

    Raises ConcordError when there are too few records to learn from.
    """
    from pipelines.identity.training import train

    with _standard_records(home, subject) as connection:
        model = train(connection, "identity_standard")
    if not model.is_trained:
        raise ConcordError(
            f"{model.records:,} records are too few, or too much alike, to learn from.",
            hint="The shipped weights stay in use.",
        )
    return state.record_identity_model(model.to_json(), subject)


@contextmanager
def _standard_records(home: Home, subject: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection with the standardised records of the published version in ``identity_standard``."""
    connection, _ = read_published(home)
    try:
        connection.execute("use memory")
        assert subject in MATCHED
        connection.execute(f"create table identity_standard as from warehouse.conformed.{subject}_standard")
        yield connection
    finally:
        connection.close()


def _refuse_unknown(home: Home, *ids: str) -> None:
    subject = subject_of(*ids)
    for record_id in ids:
        system, _, source_id = record_id.partition("/")
        if subject == "contact":
            source_id = source_id.removeprefix(_CONTACT)
        known = ask(
            home,
            f"select 1 from conformed.{subject}_identity where source_system = $system and source_id = $source_id",
            parameters={"system": system, "source_id": source_id},
            limit=1,
        )
        if not known.rows:
            raise ConcordError(
                f"No {subject}'s record is called {record_id}.",
                hint="A record is named by its system and its key there, as in salesforce/0015g000015iOBoAAM; a contact as in "
                "salesforce/contact/0035g000015fvk6AAA.",
            )


def _refuse_shared_number(home: Home, left_id: str, right_id: str) -> None:
    shared = ask(
        home,
        "select min(member_id) from conformed.customer_member where concat_ws('/', source_system, source_id) in ($left, $right) "
        "group by member_id having count(*) = 2",
        parameters={"left": left_id, "right": right_id},
        limit=1,
    )
    if shared.rows:
        number = str(shared.rows[0][0]).removeprefix("number/")
        raise ConcordError(
            f"{left_id} and {right_id} carry the customer number {number}, which makes them one customer.",
            hint="Correct the number in the system where it is wrong.",
        )


@dataclass(frozen=True)
class PairExplained:
    """Why two records are one customer or two.

    ``weights`` in bits, the ``values`` that were compared by field (of the left and of the right record, in one spelling), what
    stewards have said, and what the published version makes of it.
    """

    weights: "Explanation"
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
    "organisation": "organisation",
}
"""By comparison: what it looks at, as SQL on a standardised record."""


def explanation(home: Home, state: State, left_id: str, right_id: str) -> PairExplained:
    """Say what each field of two records adds to the odds that they are one customer, by the model of the published version.

    Raises ConcordError when the published version does not know one of the records, or tells them by a shared number alone.
    """
    from pipelines.identity.customers import model_of
    from pipelines.identity.explanation import explain

    _refuse_unknown(home, left_id, right_id)
    subject = subject_of(left_id, right_id)
    with _standard_records(home, subject) as connection:
        (text,) = connection.execute(f"select parameters from warehouse.conformed.{subject}_model").fetchall()[0]
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
        between = f"/{_CONTACT}" if subject == "contact" else "/"
        keys = connection.execute(
            f"select count(distinct {subject}_key) from warehouse.conformed.{subject}_identity "
            f"where source_system || '{between}' || source_id in (?, ?)",
            [left_id, right_id],
        ).fetchall()[0][0]
    pair = tuple(sorted((left_id, right_id)))
    said = [word for word in state.identity_decisions() if (word.left_id, word.right_id) == pair]
    values = {name: (str(one), str(two)) for name, one, two in zip(_VALUES, *sides, strict=True)}
    return PairExplained(weights, values, said, keys == 1)
