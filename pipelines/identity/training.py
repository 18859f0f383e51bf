"""Learning the weights of a model from the records themselves, without labels.

u comes from random pairs, corrected for the matches among them. m and the prior come from expectation maximisation over all pairs
(Fellegi & Sunter 1969; Winkler 1988), of which only those that blocking finds are taken to be matches at all. Both hold on to the
shipped weights as if those were a few observed pairs, and a better level never weighs less than a worse one.
"""

import logging
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from pipelines.identity import blocking
from pipelines.identity.comparisons import COMPARISONS, Comparison
from pipelines.identity.model import Model
from pipelines.identity.rarity import counted
from pipelines.identity.vectors import Records, compare, prepare

Floats = npt.NDArray[np.float64]

FEWEST_RECORDS = 50
FEWEST_MATCHES = 8
FEWEST_COMPARISONS = 3
RANDOM_PAIRS = 500_000
TRAINING_PAIRS = 400_000
ROUNDS = 60
SHIPPED_MATCHES = 20.0
"""The shipped m counts as much as so many observed matches, in large sets as much as one for every hundred records."""
SHIPPED_PRIOR_MATCHES = 0.25
"""Matches a record that are expected where nothing can be learned."""
RARE = 0.001
"""Levels that fewer random pairs reach are only found in blocks."""
FEWEST_TWINS = 0.02
"""Matches a record that are taken for granted in sets of few fields: who asks for duplicates has some."""
PRIOR_PAIRS = 2.0
"""The shipped u of a level counts as much as so many random pairs at this level."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Patterns:
    """Outcomes of pairs, alike ones counted: ``levels`` (patterns × comparisons; -1 unknown, 0 the best) and ``counts``."""

    levels: npt.NDArray[np.int64]
    counts: Floats


def train(connection: duckdb.DuckDBPyConnection, table: str, *, seed: int = 1, link: bool = False) -> Model:
    """Learn a model from the standardised ``table``. The same records and seed give the same model, whatever their order.

    With few records or few matches the shipped weights are returned; under three comparisons that the records allow, m is the
    shipped one, and only u and the prior are learned; of a single one u of its rare levels is the shipped one too.
    ``link``: records match across systems only.
    """
    rarity = counted(connection, table)
    records = prepare(connection, table, rarity)
    budget = blocking.pair_budget(records.count)
    largest = blocking.largest_blocks(connection, records.table, budget)
    usable = _usable(connection, table)
    shipped = {comparison.name: [(level.m, level.u) for level in comparison.levels] for comparison in usable}
    pairs = _all_pairs(connection, records, link=link)
    fallback = Model(
        prior=min(0.3, max(SHIPPED_PRIOR_MATCHES * records.count / max(pairs, 1), 1e-9)),
        weights=shipped,
        largest_blocks=largest,
        is_trained=False,
        records=records.count,
        seed=seed,
        rarity=rarity,
    )
    try:
        if records.count < FEWEST_RECORDS:
            return fallback
        blocking.candidate_pairs(connection, records.table, largest, "__candidates", link=link)
        (found,) = connection.execute("select count(*) from __candidates").fetchone() or (0,)
        thinned = max(1, -(-found // TRAINING_PAIRS))
        if thinned > 1:
            connection.execute(
                f"delete from __candidates where hash(join_key_l * 1000003 + join_key_r + {seed}) % {thinned} > 0"
            )
        chance = _patterns(connection, records, _random_pairs(connection, records, seed, link=link), fallback)
        blocked = _patterns(connection, records, "__candidates", fallback)
        blocked = _Patterns(blocked.levels, blocked.counts * thinned)
        return _learned(fallback, usable, chance, blocked, pairs)
    finally:
        connection.execute("drop table if exists __candidates")
        connection.execute("drop table if exists __random")
        records.drop(connection)


def _usable(connection: duckdb.DuckDBPyConnection, table: str) -> list[Comparison]:
    """The comparisons for which at least two records have a value."""
    columns = {
        "name": "name_key",
        "person": "coalesce(given_name, surname)",
        "birth date": "birth_date",
        "address": "coalesce(street_key, postcode, city)",
        "country": "country",
        "phone": "phone",
        "mail or web": "coalesce(email, domain)",
        "tax id": "tax_id",
        "position": "latitude + longitude",
        "organisation": "organisation",
    }
    is_company = "count(*) filter (where not is_person) > 0 and"
    chosen = ", ".join(
        f"{is_company if name == 'name' else ''} count({column}) > 1" for name, column in columns.items()
    )
    row = connection.execute(f'select {chosen} from "{table}"').fetchone() or ()
    there = dict(zip(columns, row, strict=True))
    return [comparison for comparison in COMPARISONS if there[comparison.name]]


def _all_pairs(connection: duckdb.DuckDBPyConnection, records: Records, *, link: bool) -> float:
    """How many pairs there are that could match."""
    (within,) = connection.execute(
        "select coalesce(sum(many * (many - 1) / 2), 0) from"
        f" (select count(*) as many from {records.table} group by source_system)"
    ).fetchone() or (0,)
    whole = records.count * (records.count - 1) / 2
    return float(whole - within) if link else whole


def _random_pairs(connection: duckdb.DuckDBPyConnection, records: Records, seed: int, *, link: bool) -> str:
    """Pairs of records by chance, the same for the same seed."""
    count = records.count
    across = "where l.source_system is distinct from r.source_system" if link else ""
    connection.execute(
        f"""
        create or replace temp table __random as
        select distinct least(one, two) as join_key_l, greatest(one, two) as join_key_r, '0' as match_key
        from (
            select
                cast(hash(i * 2 + {seed}) % {count} as bigint) + 1 as one,
                cast(hash(i * 2 + 1 + {seed * 7919}) % {count} as bigint) + 1 as two
            from range({min(RANDOM_PAIRS, count * count)}) as t(i)
        )
        join {records.table} as l on l.ordinal = one
        join {records.table} as r on r.ordinal = two
        {across or "where true"} and one <> two
        """
    )
    return "__random"


def _patterns(connection: duckdb.DuckDBPyConnection, records: Records, pairs: str, model: Model) -> _Patterns:
    """Outcomes of ``pairs``, counted. Splink is given weights that are the numbers of the levels: 1 for the best, 0 unknown."""
    coded = {
        name: [(0.5, 0.5 ** (place + 2)) for place in range(len(levels))] for name, levels in model.weights.items()
    }
    scored = compare(connection, records, pairs, replace(model, weights=coded))
    names = [name.replace(" ", "_") for name in model.weights]
    listed = ", ".join(f"cast(round(mw_{name}) as integer) as {name}" for name in names)
    rows = connection.execute(f"select {listed}, count(*) as many from {scored} group by all order by all").fetchnumpy()
    connection.execute(f"drop table {scored}")
    levels = np.column_stack([np.asarray(rows[name], dtype=np.int64) - 1 for name in names])
    return _Patterns(levels, np.asarray(rows["many"], dtype=np.float64))


def _learned(fallback: Model, usable: list[Comparison], chance: _Patterns, blocked: _Patterns, pairs: float) -> Model:
    """Expectation maximisation; the shipped weights where it finds too few matches."""
    shipped_m = [np.array([level.m for level in comparison.levels]) for comparison in usable]
    shipped_u = [np.array([level.u for level in comparison.levels]) for comparison in usable]
    raw_u = [_raw_u(chance, place, shipped_u[place]) for place in range(len(usable))]
    m, u, prior = [values.copy() for values in shipped_m], [values.copy() for values in raw_u], fallback.prior
    ceilings = [
        np.array([np.inf if level.most is None else 2.0**level.most for level in comparison.levels])
        for comparison in usable
    ]
    learns = len(usable) >= FEWEST_COMPARISONS
    held = max(SHIPPED_MATCHES, fallback.records / 100)
    matches, least = 0.0, min(0.1, 1e-12 if learns else FEWEST_TWINS * fallback.records / max(pairs, 1))
    for _ in range(ROUNDS):
        odds = np.full(len(blocked.counts), np.log(prior / (1 - prior)))
        for place in range(len(usable)):
            ratio = np.append(np.log(m[place] / u[place]), 0.0)  # the last one, -1, is for unknown
            odds += ratio[blocked.levels[:, place]]
        probable = blocked.counts / (1 + np.exp(-np.clip(odds, -500, 500)))
        before, matches = matches, float(probable.sum())
        prior = float(np.clip((matches + 0.5) / (pairs + 1), least, 0.5))
        for place, comparison in enumerate(usable):
            many = len(comparison.levels)
            seen = np.bincount(blocked.levels[:, place] + 1, weights=probable, minlength=many + 1)[1:]
            if not learns:
                levels = blocked.levels[:, place] + 1
                strangers = np.bincount(levels, weights=blocked.counts - probable, minlength=many + 1)[1:]
                rare = shipped_u[place] if len(usable) == 1 else _rare_u(strangers, shipped_u[place], pairs)
                clean = _clean_u(raw_u[place], m[place], prior)
                u[place] = np.where(shipped_u[place] < RARE, rare, clean)
                continue
            m[place] = (seen + held * shipped_m[place]) / (seen.sum() + held)
            u[place] = _clean_u(raw_u[place], m[place], prior)
            m[place] = _in_order(m[place], u[place], np.log(shipped_m[place] / shipped_u[place]))
            m[place] = np.minimum(m[place], u[place] * ceilings[place])
        if abs(matches - before) < 1e-6 * max(matches, 1):
            break
    if learns and matches < FEWEST_MATCHES:
        return fallback
    weights = {
        comparison.name: [(float(a), float(b)) for a, b in zip(m[place], u[place], strict=True)]
        for place, comparison in enumerate(usable)
    }
    return replace(fallback, prior=prior, weights=weights, is_trained=learns)


def _raw_u(chance: _Patterns, place: int, shipped: Floats) -> Floats:
    """Shares of the levels among random pairs, as if PRIOR_PAIRS pairs of every level had been seen at its shipped share."""
    seen = np.bincount(chance.levels[:, place] + 1, weights=chance.counts, minlength=len(shipped) + 1)[1:]
    share: Floats = (seen + PRIOR_PAIRS) / (seen.sum() + PRIOR_PAIRS / shipped)
    share /= share.sum()
    return share


def _rare_u(strangers: npt.NDArray[Any], shipped: Floats, pairs: float) -> Floats:
    """Shares of rare levels among all ``pairs``, given how many ``strangers`` the blocks hold, held as in `_raw_u`."""
    share: Floats = (strangers + PRIOR_PAIRS) / (pairs + PRIOR_PAIRS / shipped)
    return share


def _clean_u(raw: Floats, m: Floats, prior: float) -> Floats:
    """``raw`` without the matches that are among random pairs: (u − λm) / (1 − λ), never less than a tenth of raw."""
    clean = np.maximum((raw - prior * m) / (1 - prior), raw / 10)
    share: Floats = clean / clean.sum()
    return share


def _in_order(m: Floats, u: Floats, shipped: Floats) -> Floats:
    """``m``, changed so that the weights log(m/u) follow the order of the ``shipped`` weights (pool adjacent violators)."""
    order = np.argsort(-shipped, kind="stable")
    blocks: list[tuple[float, float, int]] = []
    for place in order:
        blocks.append((float(m[place]), float(u[place]), 1))
        while len(blocks) > 1 and blocks[-1][0] / blocks[-1][1] > blocks[-2][0] / blocks[-2][1]:
            (m_two, u_two, many_two), (m_one, u_one, many_one) = blocks.pop(), blocks.pop()
            blocks.append((m_one + m_two, u_one + u_two, many_one + many_two))
    result = m.copy()
    start = 0
    for m_block, u_block, many in blocks:
        for place in order[start : start + many]:
            result[place] = u[place] * m_block / u_block
        start += many
    return result
