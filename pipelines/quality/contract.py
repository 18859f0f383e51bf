"""What a source table promises: columns, types, key and rules, as written in concord.toml."""

import hashlib
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pipelines.errors import ConfigurationError

ColumnType = (
    Literal["text", "integer", "number", "boolean", "date", "timestamp"]
    | Annotated[str, Field(pattern=r"^decimal\(\d{1,2},\d{1,2}\)$")]
)
Severity = Literal["quarantine", "report"]
Expectation = Literal[
    "column_values_to_not_be_null",
    "column_values_to_be_null",
    "column_values_to_be_between",
    "column_values_to_be_in_set",
    "column_values_to_not_be_in_set",
    "column_values_to_match_regex",
    "column_values_to_not_match_regex",
    "column_value_lengths_to_be_between",
    "column_value_lengths_to_equal",
]

_DUCKDB_TYPES = {
    "text": "varchar",
    "integer": "bigint",
    "number": "double",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}


def duckdb_type(declared: str) -> str:
    """Return the DuckDB type of a declared column type; ``decimal(p,s)`` stands for itself."""
    return _DUCKDB_TYPES.get(declared, declared)


def _no_control_name(name: str) -> str:
    if name.startswith("_"):
        raise ValueError(f"'{name}' starts with an underscore, which is reserved for the log's own columns")
    return name


ColumnName = Annotated[str, AfterValidator(_no_control_name)]


class Rule(BaseModel):
    """One promise about the rows of a table: a row expectation of Great Expectations, or a condition in SQL.

    ``severity`` says what happens to a row that breaks it: ``quarantine`` keeps it out of the warehouse,
    ``report`` lets it in and counts it (staging then repairs or marks it).
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    expect: Expectation | None = None
    sql: str | None = None
    column: str | None = None
    name: str = ""
    severity: Severity = "quarantine"

    @model_validator(mode="after")
    def _one_kind(self) -> "Rule":
        if (self.expect is None) == (self.sql is None):
            raise ValueError("a rule has either 'expect' (an expectation) or 'sql' (a condition that good rows meet)")
        if self.sql is not None and not self.name:
            raise ValueError("a rule with 'sql' needs a 'name' that says what it promises")
        if self.sql is not None and self.model_extra:
            raise ValueError(f"unknown setting in the rule '{self.name}': {', '.join(self.model_extra)}")
        if self.expect is not None and self.column is None:
            raise ValueError(f"the rule '{self.expect}' needs a 'column'")
        if "mostly" in (self.model_extra or {}):
            raise ValueError(
                "'mostly' means nothing here: a rule judges each row; severity = \"report\" lets bad ones in"
            )
        return self

    @property
    def arguments(self) -> dict[str, Any]:
        """Everything else that was written beside the rule: the expectation's own arguments."""
        return dict(self.model_extra or {})

    @property
    def label(self) -> str:
        """The name that people read in accounts and in quarantine."""
        if self.name:
            return self.name
        words = str(self.expect).removeprefix("column_").replace("_", " ")
        arguments = ", ".join(str(value) for value in self.arguments.values())
        return f"{self.column}: {words} {arguments}".strip()


def unusable(rule: Rule, detail: str) -> ConfigurationError:
    """Return the error that says in one line why a rule cannot be checked."""
    lines = [line for line in detail.replace("\\n", "\n").splitlines() if "Error" in line]
    return ConfigurationError(
        f"The rule '{rule.label}' cannot be checked: {(lines or [detail])[-1].strip()[:300]}",
        hint="Correct it in concord.toml.",
    )


class OperationColumn(BaseModel):
    """The column of a delta extract that says whether a row was deleted in the source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: ColumnName
    delete: list[str]


class TableContract(BaseModel):
    """One table of a source system as it is delivered in files.

    ``file`` is a path or pattern under the source's folder. ``load`` is ``full`` when each file holds the whole table
    (rows that are missing from it were deleted) and ``delta`` when each file holds changes only, applied in
    the order of the files' names.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    load: Literal["full", "delta"] = "full"
    key: Annotated[list[ColumnName], Field(min_length=1)]
    columns: Annotated[dict[ColumnName, ColumnType], Field(min_length=1)]
    latest_by: list[ColumnName] = []
    operation: OperationColumn | None = None
    rules: list[Rule] = []
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    encoding: Literal["utf-8", "latin-1", "utf-16"] = "utf-8"
    null_values: list[str] = [""]
    largest_drop: Annotated[float, Field(gt=0, le=1)] = 0.5

    @model_validator(mode="after")
    def _names_exist(self) -> "TableContract":
        named = [*self.key, *self.latest_by, *(rule.column for rule in self.rules if rule.column)]
        if self.operation is not None:
            named.append(self.operation.column)
            if self.load == "full":
                raise ValueError("'operation' belongs to load = \"delta\"; in a full extract deleted rows are missing")
        for name in named:
            if name not in self.columns:
                raise ValueError(f"column '{name}' is used but not declared under columns")
        return self

    @model_validator(mode="after")
    def _rules_have_names(self) -> "TableContract":
        labels = [rule.label for rule in self.rules]
        repeated = [label for label in labels if labels.count(label) > 1]
        if repeated:
            raise ValueError(f"two rules are called '{repeated[0]}': give them a 'name' each")
        return self

    @property
    def fingerprint(self) -> str:
        """A text that changes whenever the contract changes."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]
