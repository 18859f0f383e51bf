"""Blocking: which pairs of records are looked at. Two records are when they share a key, and not too many records have it.

A rule makes keys out of one record; the largest block that a rule may have is part of the model, chosen when it is trained so
that the pairs stay within a budget. So a changed record meets the same partners alone as it does when all meet all.
"""

from dataclasses import dataclass

import duckdb

from pipelines.warehouse import quoted

LARGEST_BLOCK = 400
"""Records that may share a key, however small the set is."""
_RULE_BITS = 31


@dataclass(frozen=True)
class Rule:
    """One way for records to meet: ``keys`` is an SQL list of texts (or null) made of the columns of a standardised record.

    ``share`` of the budget of pairs is what the rule may spend.
    """

    name: str
    keys: str
    share: float = 0.12


def _two_words(part: str) -> str:
    """Keys of any two of the first three words, of which only a part is spelled right."""
    words = f"list_transform(list_filter(name_words[1:3], w -> length(w) > 2), w -> {part})"
    return (
        f"list_transform([[1, 2], [1, 3], [2, 3]], pair -> least({words}[pair[1]], {words}[pair[2]])"
        f" || '|' || greatest({words}[pair[1]], {words}[pair[2]])"
        f" || case when {words}[pair[1]] is null or {words}[pair[2]] is null then null else '' end)"
    )


RULES = (
    Rule("name", "[name_key]", 0.3),
    Rule("compact name", "[name_compact]", 0.2),
    Rule("word", "list_transform(list_filter(name_words[1:6], w -> length(w) > 2), w -> w)"),
    Rule(
        "two words",
        "list_transform(range(1, len(name_words[1:6])), i -> array_to_string(list_sort([name_words[i], name_words[i + 1]]), ' '))"
        " || case when len(name_words) > 2 then [array_to_string(list_sort([name_words[1], name_words[-1]]), ' ')] else [] end",
    ),
    Rule("beginning", "[left(name_compact, 6)]", 0.08),
    Rule("ending", "[case when length(name_compact) > 6 then right(name_compact, 6) end]", 0.04),
    Rule("consonants", "[left(regexp_replace(name_compact, '[aeiouyh]', '', 'g'), 7)]", 0.05),
    Rule("beginnings of two words", _two_words("left(w, 2)"), 0.06),
    Rule("ends of two words", _two_words("right(w, 3)"), 0.06),
    Rule(
        "initials",
        "[case when len(name_words) > 2 then initials when length(name_compact) between 3 and 6 then name_compact end]",
    ),
    Rule("beginning and postcode", "[left(name_compact, 3) || '|' || postcode]"),
    Rule("beginning and city", "[left(name_compact, 3) || '|' || city]"),
    Rule("phone", "[right(phone, 9)]", 0.2),
    Rule("domain", "[domain]", 0.2),
    Rule("domain name", "[split_part(domain, '.', 1)]"),
    Rule("email", "[email]", 0.2),
    Rule("mailbox", "[case when length(mailbox) > 5 then mailbox end]"),
    Rule("tax id", "[tax_id]", 0.2),
    Rule("address", "[street_key || '|' || postcode, street_key || '|' || city]", 0.2),
    Rule(
        "house",
        "[case when len(street_numbers) > 0 then postcode || '|' || array_to_string(list_sort(street_numbers), ' ') end]",
    ),
    Rule("street", "[case when length(street_key) > 6 then street_key end]", 0.08),
    Rule("both names", "[least(given_name, surname) || ' ' || greatest(given_name, surname)]", 0.2),
    Rule("sounds alike", "[surname_sound || '|' || left(given_name, 2), surname_sound || '|' || left(birth_date, 4)]"),
    Rule("birth date", "[birth_date]"),
    Rule("birth date and name", "[birth_date || '|' || left(given_name, 1), birth_date || '|' || left(surname, 1)]"),
    Rule("part of birth date", "[left(birth_date, 6) || '|' || given_name, right(birth_date, 4) || '|' || surname]"),
    Rule("name and postcode", "[surname || '|' || postcode, given_name || '|' || postcode]"),
    Rule("name and city", "[surname || '|' || city, left(given_name, 4) || '|' || city || '|' || left(birth_date, 4)]"),
    Rule("postcode and birth", "[postcode || '|' || left(birth_date, 4), postcode || '|' || right(birth_date, 4)]"),
    Rule("postcode", "[postcode]", 0.05),
    Rule(
        "organisation and name",
        "[organisation || '|' || surname_sound, organisation || '|' || left(surname, 3), organisation || '|' || given_name]",
        0.2,
    ),
)


def block_keys() -> str:
    """Return the SQL of a record's keys, a list of UBIGINT: a hash whose last five bits are the number of the rule."""
    lists = [
        f"list_transform(list_filter(coalesce({rule.keys}, []), k -> k <> ''),"
        f" k -> (hash(k) & ~{_RULE_BITS}::ubigint) | {number}::ubigint)"
        for number, rule in enumerate(RULES)
    ]
    return f"list_distinct(flatten([{', '.join(lists)}]))"


def pair_budget(records: int) -> int:
    """Return how many pairs may be looked at: up to 200 a record in small sets, about 9 in very large ones."""
    return min(200 * records, 1_500_000 + 9 * records)


def largest_blocks(connection: duckdb.DuckDBPyConnection, table: str, budget: int) -> dict[str, int]:
    """Return for every rule the largest block it may have in the standardised ``table``, so that its pairs keep to its share."""
    sizes = connection.execute(
        f"""
        with blocks as (
            select key, count(*) as size from (select unnest(block_keys) as key from {quoted(table)}) group by key
        )
        select cast(key & {_RULE_BITS} as integer) as rule, size, count(*) * size * (size - 1) // 2 as pairs
        from blocks
        where size between 2 and {LARGEST_BLOCK}
        group by rule, size
        order by rule, size
        """
    ).fetchall()
    largest = {rule.name: LARGEST_BLOCK for rule in RULES}
    spent = dict.fromkeys(largest, 0)
    full: set[str] = set()
    for number, size, pairs in sizes:
        rule = RULES[number]
        spent[rule.name] += pairs
        if rule.name not in full and spent[rule.name] > rule.share * budget:
            full.add(rule.name)
            largest[rule.name] = max(size - 1, 2)
    return largest


def met_anew(
    connection: duckdb.DuckDBPyConnection, records: str, changed: str, largest: dict[str, int], into: str
) -> None:
    """Write into the table ``into`` (id) whose pairs are not what they were.

    They are the ``changed`` records, and all those of a block that has become too large, or is not any more.

    ``records``: id | block_keys, as they are now. ``changed``: id | block_keys of what is new, altered or gone, with the keys
    that it had before (null: it was not there). Takes one pass over the keys, and time that follows the number of changed
    records.
    """
    limits = ", ".join(f"({number}, {largest[rule.name]})" for number, rule in enumerate(RULES))
    connection.execute(
        f"""
        create or replace temp table {into} as
        with keyed as (select id, unnest(block_keys) as key from {records}),
        had as (select id, unnest(block_keys) as key from {changed}),
        moved as (
            select key, 1 as now, 0 as before from keyed semi join {changed} using (id)
            union all
            select key, 0, 1 from had
        ),
        moves as (select key, sum(now) as now, sum(before) as before from moved group by key having sum(now) <> sum(before)),
        sizes as (
            select key, any_value(now) as now, any_value(before) as before, count(keyed.id) as size
            from moves left join keyed using (key)
            group by key
        ),
        limits as (select * from (values {limits}) as t (rule, largest)),
        flipped as (
            select key from sizes join limits on rule = key & {_RULE_BITS}
            where (size <= largest) <> (size - now + before <= largest)
        )
        select id from keyed semi join flipped using (key)
        union
        select id from {changed}
        """
    )


def candidate_pairs(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    largest: dict[str, int],
    into: str,
    *,
    link: bool = False,
    changed: str | None = None,
) -> None:
    """Write the pairs to look at into the table ``into`` (join_key_l, join_key_r: the smaller and the larger ordinal; match_key).

    ``records``: ordinal | source_system | block_keys. ``link``: only pairs across systems. ``changed``: a table of ordinals;
    only pairs with one of them at least are made, in time that follows their number and one pass over the keys.
    """
    limits = ", ".join(f"({number}, {largest[rule.name]})" for number, rule in enumerate(RULES))
    only = (
        f"semi join (select distinct unnest(block_keys) as key from {records} semi join {changed} using (ordinal)) using (key)"
        if changed
        else ""
    )
    touched = f"and (l.ordinal in (from {changed}) or r.ordinal in (from {changed}))" if changed else ""
    across = "and l.source_system is distinct from r.source_system" if link else ""
    connection.execute(
        f"""
        create or replace temp table __keys as
        with keyed as (
            select ordinal, source_system, key
            from (select ordinal, source_system, unnest(block_keys) as key from {records})
            {only}
        ),
        blocks as (select key, count(*) as size from keyed group by key having size > 1),
        limits as (select * from (values {limits}) as t (rule, largest))
        select ordinal, source_system, key
        from keyed
        join (select key from blocks join limits on rule = key & {_RULE_BITS} where size <= largest) using (key)
        """
    )
    connection.execute(
        f"""
        create or replace temp table {into} as
        select distinct l.ordinal as join_key_l, r.ordinal as join_key_r, '0' as match_key
        from __keys as l
        join __keys as r on l.key = r.key and l.ordinal < r.ordinal {across} {touched}
        """
    )
    connection.execute("drop table __keys")
