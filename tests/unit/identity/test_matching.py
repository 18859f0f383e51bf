"""Learning and scoring on small sets."""

from dataclasses import replace

import duckdb
import pytest

from benchmarks.identity import write_records
from pipelines.errors import ConcordError
from pipelines.identity.explanation import explain, waterfall
from pipelines.identity.model import Model
from pipelines.identity.scoring import score
from pipelines.identity.standardise import standardise
from pipelines.identity.training import train


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    made = duckdb.connect(config={"threads": 2})
    write_records(made, 400)
    standardise(made, "records", "standard")
    return made


@pytest.fixture(scope="module")
def model(connection: duckdb.DuckDBPyConnection) -> Model:
    return train(connection, "standard")


def test_training_does_not_depend_on_the_order_of_records(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    connection.execute("create or replace table turned as select * from standard order by hash(id)")
    again = train(connection, "turned")
    assert again.prior == pytest.approx(model.prior)
    assert again.largest_blocks == model.largest_blocks
    for name, levels in model.weights.items():
        assert [pair for level in again.weights[name] for pair in level] == pytest.approx(
            [pair for level in levels for pair in level]
        )


def test_a_model_survives_json(model: Model) -> None:
    assert Model.from_json(model.to_json()) == model
    assert model.is_trained
    with pytest.raises(ConcordError, match="not a matching model"):
        Model.from_json("{}")
    with pytest.raises(ConcordError, match="another version"):
        Model.from_json(model.to_json().replace('"phone"', '"fax"'))


def test_a_version_of_a_model_scores_the_same_again(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    first = score(connection, "standard", model, into="first").fetchall()
    assert first == score(connection, "standard", Model.from_json(model.to_json()), into="second").fetchall()
    assert len(first) > 100


@pytest.mark.parametrize("has_rarity", [True, False])
def test_a_score_follows_from_the_pair_and_the_model_alone(
    connection: duckdb.DuckDBPyConnection, model: Model, has_rarity: bool
) -> None:
    kept = model if has_rarity else replace(model, rarity=None)
    whole = score(connection, "standard", kept, into="all_pairs", at_least=-100)
    weights = {row[:2]: row[2:] for row in whole.fetchall()}
    for share in (2, 5):
        connection.execute(f"create or replace table thinned as from standard where hash(id) % {share} = 0")
        rows = score(connection, "thinned", kept, into="thinned_pairs", at_least=-100).fetchall()
        assert len(rows) > 10
        assert all(weights.get(row[:2], row[2:]) == row[2:] for row in rows)
        assert sum(row[:2] in weights for row in rows) > len(rows) / 2


@pytest.mark.parametrize("link", [False, True])
def test_scoring_what_changed_equals_scoring_all(
    connection: duckdb.DuckDBPyConnection, model: Model, link: bool
) -> None:
    connection.execute("create or replace table news as select id from standard where hash(id) % 9 = 0")
    score(connection, "standard", model, into="whole", link=link)
    part = score(connection, "standard", model, into="part", link=link, changed="news").fetchall()
    touching = connection.execute(
        "from whole where left_id in (from news) or right_id in (from news) order by all"
    ).fetchall()
    assert part
    assert sorted(part) == touching


def test_linking_makes_no_pairs_within_a_system(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    found = score(connection, "standard", model, into="linked", link=True).fetchall()
    assert found
    assert all(row[0].split("-")[0] != row[1].split("-")[0] for row in found)


def test_an_explanation_adds_up_to_the_match_weight(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    best = score(connection, "standard", model, into="scored").order("match_weight desc, left_id").limit(3).fetchall()
    for left, right, weight, *_ in best:
        said = explain(connection, "standard", model, right, left)
        assert said.prior + sum(field.weight for field in said.fields) == pytest.approx(weight)
        assert said.match_weight == pytest.approx(weight)
        assert waterfall(said).startswith("<svg")
    with pytest.raises(ConcordError, match="no record"):
        explain(connection, "standard", model, "nobody", best[0][0])


def test_too_little_to_learn_from_takes_the_shipped_weights(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create or replace table few as from records limit 10")
    connection.execute("create or replace table names as select id, name from records")
    for table in ("few", "names"):
        standardise(connection, table, f"{table}_standard")
        assert not train(connection, f"{table}_standard").is_trained
