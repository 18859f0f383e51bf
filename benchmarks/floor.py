"""The floor: the same files, the same columns, the same SQL, in one DuckDB process without anything around it.

It reads each CSV once into a typed Parquet file with the hash of its rows, and runs the SQL that dbt compiled for each model,
in the same order. It checks nothing, keeps no ledger and publishes nothing.
"""

import graphlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.ingest.landing import LOG_COLUMNS
from pipelines.publish import dbt
from pipelines.publish.project import compose
from pipelines.quality.contract import TableContract, duckdb_type
from pipelines.settings import Settings
from pipelines.warehouse import current_version, version_file

if TYPE_CHECKING:
    from benchmarks.measure import Meter


def run_floor(settings: Settings, folder: Path, meter: "Meter") -> None:
    """Do the work of a first run below ``folder``, measured by ``meter`` as the steps ingest and build."""
    folder.mkdir(parents=True)
    project = compose(settings)
    # The macros look at what is there: compile on a copy of the version that was published last.
    shutil.copyfile(version_file(settings.home, current_version(settings.home) or 0), settings.home.candidate)
    results = dbt.invoke(settings, project, ["compile", "--full-refresh"])
    compiled = {result.unique_id: result.compiled for result in results}
    dbt.close_connections()
    settings.home.candidate.unlink()
    manifest = dbt.manifest_of(settings, project)
    limits = {
        "memory_limit": settings.warehouse.memory_limit,
        "threads": settings.warehouse.threads,
        "temp_directory": str(folder),
        "preserve_insertion_order": False,
    }
    log = duckdb.connect(folder / "log.duckdb", config=limits)
    with meter.over("ingest"):
        for system, source in settings.sources.items():
            for name, contract in source.tables.items():
                _land(log, folder, f"raw_{system}", name, min(source.path.glob(contract.file)), contract)
    log.execute("create schema control")
    log.execute("create table control.build as select 0 as after_batch_id, 1 as through_batch_id")
    log.execute(f"create table control.batch as from (values {_BATCH}) as t ({', '.join(_BATCH_COLUMNS)}) where false")
    log.execute(
        "create table control.rule_result as select 1 as batch_id, '' as rule, '' as column_name, '' as severity, 1 as rows_broken"
    )
    log.close()
    warehouse = duckdb.connect(folder / "warehouse.duckdb", config=limits)
    warehouse.execute(f"attach '{folder / 'log.duckdb'}' as log (read_only)")
    with meter.over("build"):
        for node in _in_order(manifest):
            _make(warehouse, node, compiled.get(node.unique_id, ""), project.folder)
        warehouse.execute("checkpoint")
    warehouse.close()


_BATCH_COLUMNS = (
    *("batch_id", "source_system", "table_name", "load", "origin", "landed_at"),
    *("rows_read", "rows_quarantined", "rows_admitted", "rows_unchanged", "rows_deleted", "rows_current"),
)
_BATCH = "(1, '', '', '', '', timestamp '2026-01-01', 1, 1, 1, 1, 1, 1)"


def _land(
    log: duckdb.DuckDBPyConnection, folder: Path, schema: str, name: str, file: Path, contract: TableContract
) -> None:
    columns = ", ".join(f"'{column}': 'VARCHAR'" for column in contract.columns)
    typed = ", ".join(
        f'try_cast("{column}" as {duckdb_type(kind)}) as "{column}"' for column, kind in contract.columns.items()
    )
    text = ", ".join(f"coalesce(\"{column}\", '')" for column in contract.columns)
    values = {
        "_op": "'upsert'",
        "_row_hash": f"cast(md5_number_lower(concat_ws('|', {text})) >> 1 as bigint)",
        "_row_number": "0",
        "_batch_id": "1",
        "_extracted_at": "timestamp '2026-01-01'",
    }
    log_columns = ", ".join(f"cast({values[column]} as {kind}) as {column}" for column, kind in LOG_COLUMNS.items())
    target = folder / f"{schema}.{name}.parquet"
    log.execute(
        f"copy (select {typed}, {log_columns} from read_csv('{file}', auto_detect = false, header = true, delim = ',', "
        f"quote = '\"', escape = '\"', columns = {{{columns}}})) to '{target}' (format parquet)"
    )
    log.execute(f"create schema if not exists {schema}")
    log.execute(f"create view {schema}.\"{name}\" as from read_parquet('{target}')")


def _in_order(manifest: Any) -> list[Any]:
    kinds = {"model", "seed"}
    graph = {
        key: [parent for parent in node.depends_on.nodes if parent in manifest.nodes]
        for key, node in manifest.nodes.items()
        if node.resource_type in kinds and hasattr(node.depends_on, "nodes")
    }
    graph |= {key: [] for key, node in manifest.nodes.items() if node.resource_type == "seed"}
    return [manifest.nodes[key] for key in graphlib.TopologicalSorter(graph).static_order()]


def _make(warehouse: duckdb.DuckDBPyConnection, node: Any, compiled: str, project: Path) -> None:
    relation = f'"{node.schema}"."{node.name}"'
    warehouse.execute(f'create schema if not exists "{node.schema}"')
    if node.resource_type == "seed":
        warehouse.execute(
            f"create table {relation} as from read_csv('{project / node.original_file_path}', all_varchar = true)"
        )
    else:
        kind = "view" if node.config.materialized == "view" else "table"
        warehouse.execute(f"create {kind} {relation} as {compiled}")
