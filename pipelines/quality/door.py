"""The door of the warehouse: which rows of a delivery break the contract of their table, and which rule."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb

from pipelines.quality.contract import Rule, TableContract
from pipelines.state import RuleResult
from pipelines.warehouse import literal, opened, quoted

FITS_TYPES = Rule(expect="column_values_to_be_null", column="_uncast", name="values fit their types")
ONE_ROW_A_KEY = "one row a key (the latest is admitted)"
READABLE = "the line can be read"

# The texts that do not fit, from the row as it came, in the order of the columns named in _uncast.
_MISFITS = """array_to_string(
    list_transform(string_split(_uncast, ', '), name -> json_extract_string(_raw, '$."' || name || '"')), ', '
)"""


def rules_of(contract: TableContract) -> list[Rule]:
    """Return all rules of a table: the ones that follow from its types and its key, then its own."""
    keys = [
        Rule(expect="column_values_to_not_be_null", column=column, name=f"{column}: key is present")
        for column in contract.key
    ]
    return [FITS_TYPES, *keys, *contract.rules]


def find_breaches(
    connection: duckdb.DuckDBPyConnection, rows: Path, condition: str, contract: TableContract, folder: Path
) -> list[RuleResult]:
    """Check the rows of a Parquet file against their contract.

    Only rows that meet the SQL ``condition`` are looked at. Creates the temporary table ``breach`` (row_number, rule,
    column_name, value, severity) in ``connection``: one row for each rule that a row breaks. Returns each broken rule
    with its count of rows.
    """
    from pipelines.quality import engine

    query = f"select *, file_row_number as _row_number from read_parquet({literal(rows)}, file_row_number = true)"
    view = f"create or replace view {engine.RELATION} as select * from ({query}) where {condition}"
    # A name of its own: Great Expectations may hold a file open a little longer than we do.
    database = folder / f"door-{uuid4().hex}.duckdb"
    with opened(database) as door:
        door.execute(view)
    connection.execute(view.replace("view", "temporary view", 1))
    connection.execute(
        "create or replace temporary table breach "
        "(row_number bigint, rule varchar, column_name varchar, value varchar, severity varchar)"
    )
    rules = rules_of(contract)
    with engine.batch_of(database) as batch:
        broken = _failing(batch, rules, {"result_format": "BOOLEAN_ONLY"})
        queries = _row_queries(batch, broken)
    database.unlink()
    results = []
    for rule, row_query in zip(broken, queries, strict=True):
        column, value = "$column_name", "cast(null as varchar)"
        if rule is FITS_TYPES:
            column, value = f"coalesce(_uncast, {column})", _MISFITS
        elif rule.column:
            value = f"cast({quoted(rule.column)} as varchar)"
        found = connection.execute(
            f"""
            insert into breach
            select _row_number, $rule, {column}, {value}, $severity
            from {engine.RELATION} where _row_number in (select _row_number from ({row_query}))
            """,
            {"rule": rule.label, "column_name": rule.column, "severity": rule.severity},
        ).fetchall()
        column_name = None if rule is FITS_TYPES else rule.column
        results.append(RuleResult(rule.label, column_name, rule.severity, int(found[0][0])))
    return results


def _failing(batch: Any, rules: Sequence[Rule], result_format: dict[str, Any]) -> list[Rule]:
    """Return the rules that at least one row breaks."""
    import great_expectations as gx

    suite = gx.ExpectationSuite(name="contract", expectations=[_expectation(i, rule) for i, rule in enumerate(rules)])
    outcome = batch.validate(suite, result_format=result_format)
    failed = []
    for result in outcome.results:
        if result.exception_info.get("raised_exception") or any(
            isinstance(info, dict) and info.get("raised_exception") for info in result.exception_info.values()
        ):
            rule = rules[result.expectation_config.meta["rule"]]
            raise _broken_rule(rule, str(result.exception_info))
        if not result.success:
            failed.append(result.expectation_config.meta["rule"])
    return [rules[number] for number in sorted(failed)]


def _row_queries(batch: Any, broken: Sequence[Rule]) -> list[str]:
    """Return for each rule the query of all rows that break it, as Great Expectations writes it."""
    import great_expectations as gx

    wanted = {
        "result_format": "SUMMARY",
        "unexpected_index_column_names": ["_row_number"],
        "return_unexpected_index_query": True,
        "partial_unexpected_count": 1,
    }
    compiled: dict[int, str] = {}
    native = [(number, rule) for number, rule in enumerate(broken) if rule.expect]
    if native:
        suite = gx.ExpectationSuite(name="breaches", expectations=[_expectation(i, rule) for i, rule in native])
        for result in batch.validate(suite, result_format=wanted).results:
            compiled[result.expectation_config.meta["rule"]] = result.result["unexpected_index_query"].rstrip("; ")
    from pipelines.quality.engine import RELATION

    return [
        compiled[number] if rule.expect else _condition_query(rule).format(batch=RELATION)
        for number, rule in enumerate(broken)
    ]


def _condition_query(rule: Rule) -> str:
    condition = str(rule.sql).replace("{", "{{").replace("}", "}}")
    return f"select _row_number from {{batch}} where ({condition}\n) is not true"


def _expectation(number: int, rule: Rule) -> Any:
    import great_expectations.expectations as gxe

    if rule.sql is not None:
        # SQLAlchemy would read a colon before a word as a parameter.
        query = re.sub(r"(?<!:):(?=\w)", r"\\:", _condition_query(rule))
        return gxe.UnexpectedRowsExpectation(unexpected_rows_query=query, meta={"rule": number})
    kind = "Expect" + "".join(word.capitalize() for word in str(rule.expect).split("_"))
    try:
        return getattr(gxe, kind)(column=rule.column, **rule.arguments, meta={"rule": number})
    except (TypeError, ValueError) as error:
        raise _broken_rule(rule, " ".join(str(error).split())) from error


def _broken_rule(rule: Rule, detail: str) -> Exception:
    from pipelines.errors import ConfigurationError

    lines = [line for line in detail.replace("\\n", "\n").splitlines() if "Error" in line]
    return ConfigurationError(
        f"The rule '{rule.label}' cannot be checked: {(lines or [detail])[-1].strip()[:300]}",
        hint="Correct it in concord.toml.",
    )
