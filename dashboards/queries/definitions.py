"""What each figure means: the descriptions that the models carry into the file."""

from dashboards.published import ask

_DEFINITIONS = """
select
    column_name,
    comment as definition
from duckdb_columns()
where
    database_name = 'warehouse'
    and schema_name = $schema
    and table_name = $table
    and comment is not null
"""


def definitions(version: int, schema: str, table: str) -> dict[str, str]:
    """Return the definition of each column of a mart, by column name."""
    found = ask(_DEFINITIONS, {"schema": schema, "table": table}, version)
    return dict(zip(found["column_name"], found["definition"], strict=True))
