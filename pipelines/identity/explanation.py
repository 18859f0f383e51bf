"""Why two records are, or are not, the same: the weight of every field, and a picture of how they add up."""

import math
from dataclasses import dataclass

import duckdb

from pipelines.errors import ConcordError
from pipelines.identity.comparisons import COMPARISONS
from pipelines.identity.model import Model
from pipelines.identity.vectors import compare, prepare
from pipelines.warehouse import quoted

WIDTH = 460
STEP = 26


@dataclass(frozen=True)
class FieldWeight:
    """What one comparison says: ``weight`` in bits (above 0: for the same), the outcome in words, None where it is unknown."""

    name: str
    weight: float
    outcome: str | None


@dataclass(frozen=True)
class Explanation:
    """``prior`` and the weights of ``fields``, in bits, add up to ``match_weight``; what cannot be compared weighs nothing."""

    left_id: str
    right_id: str
    prior: float
    fields: list[FieldWeight]
    match_weight: float
    match_probability: float


def explain(
    connection: duckdb.DuckDBPyConnection, table: str, model: Model, left_id: str, right_id: str
) -> Explanation:
    """Say what each field of two records of the standardised ``table`` adds to the odds that they are the same.

    Raises ConcordError when one of them is not in the table.
    """
    records = prepare(connection, table, model.rarity)
    try:
        found = connection.execute(
            f"select ordinal from {records.table}_order where id in (?, ?) order by ordinal", [left_id, right_id]
        ).fetchall()
        if len(found) != 2:
            raise ConcordError(
                f"There is no record {left_id} or no record {right_id}.", hint="Ids are written as in the source."
            )
        connection.execute(
            f"create or replace temp table __pair as"
            f" select {found[0][0]} as join_key_l, {found[1][0]} as join_key_r, '0' as match_key"
        )
        compared = compare(connection, records, "__pair", model)
        columns = ", ".join(f"mw_{name.replace(' ', '_')}" for name in model.weights)
        row = connection.execute(
            f"select match_weight, match_probability, {columns} from {quoted(compared)}"
        ).fetchone()
        connection.execute(f"drop table {compared}")
        connection.execute("drop table __pair")
    finally:
        records.drop(connection)
    assert row is not None
    fields = [
        FieldWeight(name, float(bits), _outcome(model, name, float(bits)))
        for name, bits in zip(model.weights, row[2:], strict=True)
    ]
    prior = math.log2(model.prior / (1 - model.prior))
    return Explanation(left_id, right_id, prior, fields, float(row[0]), float(row[1]))


def _outcome(model: Model, name: str, bits: float) -> str | None:
    """The level that has this weight; levels of one weight are told by the first of them."""
    (comparison,) = (one for one in COMPARISONS if one.name == name)
    for level, (m, u) in zip(comparison.levels, model.weights[name], strict=True):
        if bits and math.isclose(math.log2(m / u), bits, rel_tol=1e-6, abs_tol=1e-9):
            return level.label
    return None


def waterfall(explanation: Explanation) -> str:
    """Draw the weights one after the other, from the prior to the match weight, as an SVG document."""
    import altair as alt
    import polars as pl
    import vl_convert

    start, bars = explanation.prior, [("before the records are looked at", 0.0, explanation.prior)]
    for field in explanation.fields:
        if field.outcome is not None:
            bars.append((f"{field.name}: {field.outcome}", start, start + field.weight))
            start += field.weight
    bars.append(("together", 0.0, explanation.match_weight))
    rows = pl.DataFrame(bars, schema=["field", "start", "end"], orient="row").with_columns(
        kind=pl.when(pl.col("end") >= pl.col("start")).then(pl.lit("for the same")).otherwise(pl.lit("against"))
    )
    chart = (
        alt.Chart(alt.Data(values=rows.to_dicts()))
        .mark_bar()
        .encode(
            y=alt.Y("field:N", sort=None, title=None, axis=alt.Axis(labelLimit=320)),
            x=alt.X("start:Q", title="bits (log2 of the odds)"),
            x2="end:Q",
            color=alt.Color(
                "kind:N", title=None, scale=alt.Scale(domain=["for the same", "against"], range=["#0072b2", "#d55e00"])
            ),
        )
        .properties(width=WIDTH, height=alt.Step(STEP))
    )
    return str(vl_convert.vegalite_to_svg(chart.to_json()))
