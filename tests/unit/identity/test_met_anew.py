"""A step compares what changed, and whoever is in a block that crosses its limit: as if everything were built from nothing."""

from dataclasses import replace
from typing import Any

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.identity.blocking import RULES, candidate_pairs, met_anew
from pipelines.identity.customers import model_of, pairs, standard, to_compare

Blocks = dict[str, list[int]]
"""By record the blocks that it is in."""
People = dict[str, tuple[str, str, str]]


class Steps:
    """The pairs that are kept from build to build, of records that are nothing but the blocks they are in."""

    def __init__(self, limit: int) -> None:
        self.connection = duckdb.connect()
        self.largest = {rule.name: limit + place % 2 for place, rule in enumerate(RULES)}
        self.known: Blocks = {}
        self.pairs: set[tuple[str, str]] = set()

    def build(self, records: Blocks) -> set[tuple[str, str]]:
        """Take in what the records are now; returns the pairs to look at."""
        sql = self.connection
        changed = {name: self.known.get(name) for name in records.keys() | self.known.keys()}
        changed = {name: had for name, had in changed.items() if records.get(name) != had}
        self._write("records", dict(records), "row_number() over (order by id) as ordinal, '' as source_system,")
        self._write("changed", changed, "")
        met_anew(sql, "records", "changed", self.largest, "anew")
        sql.execute("create or replace temp table touched as select ordinal from records semi join anew using (id)")
        candidate_pairs(sql, "records", self.largest, "candidates", changed="touched")
        anew = {name for (name,) in sql.execute("from anew").fetchall()}
        self.pairs = {pair for pair in self.pairs if anew.isdisjoint(pair)} | self._named("candidates")
        self.known = records
        return self.pairs

    def at_once(self) -> set[tuple[str, str]]:
        """The pairs to look at, of what the records are now, made from nothing."""
        candidate_pairs(self.connection, "records", self.largest, "whole")
        return self._named("whole")

    def _write(self, table: str, rows: dict[str, Any], more: str) -> None:
        self.connection.execute("create or replace temp table written (id varchar, block_keys ubigint[])")
        for name, keys in rows.items():
            self.connection.execute("insert into written values (?, ?)", [name, keys])
        self.connection.execute(f"create or replace temp table {table} as select {more} * from written")

    def _named(self, table: str) -> set[tuple[str, str]]:
        query = (
            f"select l.id, r.id from {table} join records as l on l.ordinal = join_key_l"
            " join records as r on r.ordinal = join_key_r"
        )
        return set(self.connection.execute(query).fetchall())


records = st.dictionaries(
    st.sampled_from([f"r{number}" for number in range(9)]),
    st.lists(st.sampled_from([0, 1, 32, 33, 64]), unique=True, max_size=3),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(records, min_size=2, max_size=5), st.integers(1, 4))
def test_any_steps_across_the_limit_look_at_the_pairs_of_a_full_build(states: list[Blocks], limit: int) -> None:
    steps = Steps(limit)
    for blocks in states:
        assert steps.build(blocks) == steps.at_once()


def test_nobody_is_met_anew_but_for_a_block_that_crosses_its_limit() -> None:
    steps = Steps(2)
    steps.build({"a": [0], "b": [0], "c": [32]})
    steps.build({"a": [0], "b": [0], "c": [32], "d": [32]})
    assert set(steps.connection.execute("from anew").fetchall()) == {("d",)}
    steps.build({"a": [0], "b": [0], "c": [32], "d": [0, 32]})
    assert set(steps.connection.execute("from anew").fetchall()) == {("a",), ("b",), ("d",)}


class Builds:
    """The tables that the models of models/conformed keep, and what a build does with them."""

    def __init__(self, limit: int) -> None:
        self.connection = duckdb.connect()
        model = model_of("")
        model = replace(model, largest_blocks=dict.fromkeys(model.largest_blocks, limit))
        self.connection.execute("create table kept_model as select 1 as number, $1 as parameters", [model.to_json()])

    def full(self, people: People) -> list[tuple[str, str]]:
        """Build everything; returns the pairs that weigh enough."""
        self._deliver(people)
        self._keep("kept_standard", standard(self.connection, self._table("delivered"), None))
        self._keep("kept_pairs", pairs(self.connection, self._table("kept_standard"), self._table("kept_model"), None))
        return self._pairs()

    def step(self, people: People, changed: set[str]) -> list[tuple[str, str]]:
        """Build what ``changed``."""
        sql = self.connection
        self._deliver(people)
        sql.execute(
            "create or replace table news as select id, block_keys from (select unnest($1::varchar[]) as id)"
            " left join kept_standard using (id)",
            [sorted(changed)],
        )
        sql.execute("delete from kept_standard where id in (select id from news)")
        self._add("kept_standard", standard(sql, self._table("delivered"), self._table("news")))
        self._keep(
            "anew", to_compare(sql, self._table("kept_standard"), self._table("kept_model"), self._table("news"))
        )
        sql.execute("delete from kept_pairs where left_id in (from anew) or right_id in (from anew)")
        self._add(
            "kept_pairs",
            pairs(sql, self._table("kept_standard"), self._table("kept_model"), self._table("anew")),
        )
        return self._pairs()

    def _deliver(self, people: People) -> None:
        rows = ", ".join(
            f"('{name}', '{given_name}', '{surname}', '{phone}')"
            for name, (given_name, surname, phone) in people.items()
        )
        self.connection.execute(
            f"create or replace table delivered as from (values {rows}) as t (id, given_name, surname, phone)"
        )

    def _table(self, name: str) -> duckdb.DuckDBPyRelation:
        return self.connection.table(name)

    def _keep(self, name: str, relation: duckdb.DuckDBPyRelation) -> None:
        self.connection.register("__kept", relation.to_arrow_table())
        self.connection.execute(f"create or replace table {name} as from __kept")

    def _add(self, name: str, relation: duckdb.DuckDBPyRelation) -> None:
        self.connection.register("__kept", relation.to_arrow_table())
        self.connection.execute(f"insert into {name} by name from __kept")

    def _pairs(self) -> list[tuple[str, str]]:
        return self.connection.execute("select left_id, right_id from kept_pairs order by all").fetchall()


def test_namesakes_who_become_too_many_and_few_again_are_paired_as_in_a_full_build() -> None:
    def namesakes(many: int) -> People:
        return {f"r{number}": ("Eva", "Quackenbush", "+49 30 5577312") for number in range(many)}

    builds = Builds(limit=3)
    assert len(builds.full(namesakes(3))) == 3
    assert builds.step(namesakes(4), {"r3"}) == []
    assert len(builds.step(namesakes(3), {"r3"})) == 3
    assert len(builds.step(namesakes(3), set())) == 3
