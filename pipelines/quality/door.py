"""The door of the warehouse: which rows of a delivery break the contract of their table, and which rule."""

import json
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from uuid import uuid4

import duckdb

from pipelines.home import move_into_place
from pipelines.quality.contract import Rule, TableContract, duckdb_type, unusable
from pipelines.state import RuleResult
from pipelines.warehouse import opened, quoted

FITS_TYPES = Rule(sql="_uncast is null", name="values fit their types")
ONE_ROW_A_KEY = "one row a key (the latest is admitted)"
READABLE = "the line can be read"
RELATION = "rows_at_the_door"

# The texts that do not fit, from the row as it came, in the order of the columns named in _uncast.
_MISFITS = """array_to_string(
    list_transform(string_split(_uncast, ', '), name -> json_extract_string(_raw, '$."' || name || '"')), ', '
)"""


def rules_of(contract: TableContract) -> list[Rule]:
    """Return all rules of a table: the ones that follow from its types and its key, then its own."""
    keys = [
        Rule(sql=f"{quoted(column)} is not null", column=column, name=f"{column}: key is present")
        for column in contract.key
    ]
    return [FITS_TYPES, *keys, *contract.rules]


def find_breaches(
    connection: duckdb.DuckDBPyConnection, rows: str, contract: TableContract, memory: Path
) -> list[RuleResult]:
    """Check the rows of the SQL query ``rows`` against their contract.

    Creates the temporary table ``breach`` (row_number, rule, column_name, value, severity) in ``connection``: one row
    for each rule that a row breaks. Returns each broken rule with its count of rows. ``memory`` is the folder where the
    queries that Great Expectations writes for a contract are kept. Raises ConfigurationError for a rule that makes no sense.
    """
    rules = rules_of(contract)
    queries = _row_queries(contract, rules, memory)
    connection.execute(f"create or replace temporary view {RELATION} as {rows}")
    connection.execute(
        "create or replace temporary table breach "
        "(row_number bigint, rule varchar, column_name varchar, value varchar, severity varchar)"
    )
    broken = " union all ".join(
        f"select _row_number, {number} as rule from ({q}\n)" for number, q in enumerate(queries)
    )
    try:
        connection.execute(f"create or replace temporary table broken as {broken}")
    except duckdb.Error:
        _name_the_culprit(connection, rules, queries)
        raise
    results = []
    for (number,) in connection.execute("select distinct rule from broken order by rule").fetchall():
        rule = rules[number]
        column, value = "$column_name", "cast(null as varchar)"
        if rule is FITS_TYPES:
            column, value = "coalesce(_uncast, $column_name)", _MISFITS
        elif rule.column:
            value = f"cast({quoted(rule.column)} as varchar)"
        found = connection.execute(
            f"""
            insert into breach
            select _row_number, $rule, {column}, {value}, $severity
            from {RELATION} where _row_number in (select _row_number from broken where rule = {number})
            """,
            {"rule": rule.label, "column_name": rule.column, "severity": rule.severity},
        ).fetchall()
        results.append(RuleResult(rule.label, rule.column, rule.severity, int(found[0][0])))
    return results


def _row_queries(contract: TableContract, rules: Sequence[Rule], memory: Path) -> list[str]:
    """Return for each rule the query of all rows that break it."""
    known = learn([contract], memory)
    return [known[_signature(contract, rule)] if rule.expect else _condition_query(rule) for rule in rules]


def _condition_query(rule: Rule) -> str:
    return f"select _row_number from {RELATION} where ({rule.sql}\n) is not true"


def learn(contracts: Iterable[TableContract], memory: Path) -> dict[str, str]:
    """Return, by the signature of an expectation, the query of the rows that break it; what is not known yet is written now.

    Great Expectations writes all that is missing together, over tables without rows: asked for each contract apart it takes
    some ten times as long. ``memory`` is the folder where the queries are kept. Raises ConfigurationError for an expectation
    that makes no sense.
    """
    file = memory / f"great-expectations-{version('great-expectations')}.json"
    known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    missing = {
        signature: (rule, _columns_of(contract, rule))
        for contract in contracts
        for rule in contract.rules
        if rule.expect and (signature := _signature(contract, rule)) not in known
    }
    if not missing:
        return known
    while missing:
        # In one table a name has one type; whoever needs another one waits for the next table.
        table: dict[str, tuple[str, str]] = {}
        now: dict[str, Rule] = {}
        for signature, (rule, columns) in missing.items():
            if all(table.get(name.casefold(), (name, kind)) == (name, kind) for name, kind in columns.items()):
                table |= {name.casefold(): (name, kind) for name, kind in columns.items()}
                now[signature] = rule
        known |= dict(zip(now, _written(dict(table.values()), list(now.values()), memory), strict=True))
        missing = {signature: waiting for signature, waiting in missing.items() if signature not in now}
    aside = file.with_suffix(f".{uuid4().hex}.tmp")
    aside.write_text(json.dumps(known, indent=1), encoding="utf-8")
    move_into_place(aside, file)
    return known


def _signature(contract: TableContract, rule: Rule) -> str:
    """What the query of an expectation depends on."""
    return json.dumps([RELATION, rule.expect, rule.column, rule.arguments, _columns_of(contract, rule)], default=repr)


def _columns_of(contract: TableContract, rule: Rule) -> dict[str, str]:
    """The columns that an expectation may speak of, with their types: its own, and with further conditions any."""
    if "row_condition" in rule.arguments:
        return dict(contract.columns)
    return {str(rule.column): contract.columns[str(rule.column)]}


def _written(columns: dict[str, str], expectations: Sequence[Rule], folder: Path) -> list[str]:
    """Let Great Expectations write the query of the rows that break each expectation, over a table without rows."""
    from pipelines.quality import engine

    declared = ", ".join(f"{quoted(name)} {duckdb_type(kind)}" for name, kind in columns.items())
    # A name of its own: Great Expectations may hold a file open a little longer than we do.
    database = folder / f"{uuid4().hex}.duckdb"
    try:
        with opened(database) as empty:
            empty.execute(f"create table {RELATION} (_row_number bigint, {declared})")
        return engine.row_queries(database, RELATION, expectations)
    finally:
        database.unlink(missing_ok=True)


def _name_the_culprit(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], queries: Sequence[str]) -> None:
    """Raise ConfigurationError for the first rule whose query fails by itself."""
    for rule, query in zip(rules, queries, strict=True):
        try:
            connection.execute(f"select count(*) from ({query}\n)")
        except duckdb.Error as error:
            raise unusable(rule, str(error)) from error
