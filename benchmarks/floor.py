"""The floor: the same files, the same columns, the same SQL, in one DuckDB process without anything around it.

It reads each CSV once into a typed Parquet file with the hash of its rows, and runs what dbt compiled for each model, in the
same order. It checks nothing, keeps no ledger and publishes nothing.
"""

import graphlib
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.ingest.landing import LOG_COLUMNS
from pipelines.publish import dbt
from pipelines.publish.absent import absent_models
from pipelines.publish.compiled import graph_of
from pipelines.publish.project import Project, compose
from pipelines.quality.contract import TableContract, duckdb_type
from pipelines.settings import Settings
from pipelines.warehouse import current_version, version_file

if TYPE_CHECKING:
    from benchmarks.measure import Meter


def run_floor(settings: Settings, folder: Path, meter: "Meter") -> None:
    """Do the work of a first run below ``folder``, measured by ``meter`` as the steps ingest and build.

    The last run of the same settings was one of everything: its control tables are what the models are told.
    """
    folder.mkdir(parents=True)
    log = duckdb.connect(folder / "log.duckdb", config=_limits(settings, folder))
    with meter.over("ingest"):
        for system, source in settings.sources.items():
            for name, contract in source.tables.items():
                _land(log, folder, f"raw_{system}", name, min(source.path.glob(contract.file)), contract)
    log.execute(f"attach '{settings.home.log_catalog}' as told (read_only)")
    log.execute("create schema control")
    for (table,) in log.execute(
        "select table_name from duckdb_tables() where database_name = 'told' and schema_name = 'control'"
    ).fetchall():
        log.execute(f'create table control."{table}" as from told.control."{table}"')
    log.close()
    build_bare(settings, folder / "log.duckdb", folder, meter)


def build_bare(settings: Settings, log: Path, folder: Path, meter: "Meter") -> None:
    """Build every model from the catalog ``log`` into ``folder``/warehouse.duckdb, measured by ``meter`` as the step build."""
    project = compose(settings)
    # The macros look at what is there: compile on a copy of the version that was published last.
    shutil.copyfile(version_file(settings.home, current_version(settings.home) or 0), settings.home.candidate)
    compiled = _compiled(settings, project)
    settings.home.candidate.unlink()
    manifest = dbt.manifest_of(settings, project)
    absent = {node.unique_id for node in absent_models(settings, graph_of(settings, project))}
    warehouse = duckdb.connect(folder / "warehouse.duckdb", config=_limits(settings, folder))
    warehouse.execute(f"attach '{log}' as log (read_only)")
    with meter.over("build"):
        for node in _in_order(manifest):
            if node.unique_id in absent:
                _make_empty(warehouse, node)
            else:
                _make(warehouse, node, compiled.get(node.unique_id, ""), project.folder)
        warehouse.execute("checkpoint")
    warehouse.close()


def bare_models(settings: Settings, names: list[str], meter: "Meter") -> None:
    """Build some models, named in their order, on the candidate that has everything else; measured as the step bare."""
    project = compose(settings)
    compiled = _compiled(settings, project)
    nodes = {node.name: node for node in dbt.manifest_of(settings, project).nodes.values()}
    warehouse = duckdb.connect(settings.home.candidate, config=_limits(settings, settings.home.work))
    warehouse.execute(f"attach '{settings.home.log_catalog}' as log (read_only)")
    for name in names:
        kind = "view" if nodes[name].config.materialized == "view" else "table"
        warehouse.execute(f'drop {kind} "{nodes[name].schema}"."{name}"')
    with meter.over("bare"):
        for name in names:
            _make(warehouse, nodes[name], compiled[nodes[name].unique_id], project.folder)
        warehouse.execute("checkpoint")
    warehouse.close()


def _compiled(settings: Settings, project: Project) -> dict[str, str]:
    results = dbt.invoke(settings, project, ["compile", "--full-refresh"])
    dbt.close_connections()
    return {result.unique_id: result.compiled for result in results}


def _limits(settings: Settings, folder: Path) -> dict[str, Any]:
    return {
        "memory_limit": settings.warehouse.memory_limit,
        "threads": settings.warehouse.threads,
        "temp_directory": str(folder),
        "preserve_insertion_order": False,
    }


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


def _make_empty(warehouse: duckdb.DuckDBPyConnection, node: Any) -> None:
    warehouse.execute(f'create schema if not exists "{node.schema}"')
    columns = ", ".join(f'"{column.name}" {column.data_type}' for column in node.columns.values())
    warehouse.execute(f'create table "{node.schema}"."{node.name}" ({columns})')


def _make(warehouse: duckdb.DuckDBPyConnection, node: Any, compiled: str, project: Path) -> None:
    relation = f'"{node.schema}"."{node.name}"'
    warehouse.execute(f'create schema if not exists "{node.schema}"')
    if node.resource_type == "seed":
        types = ", ".join(f"'{column}': '{kind}'" for column, kind in node.config.column_types.items())
        warehouse.execute(
            f"create table {relation} as from "
            f"read_csv('{project / node.original_file_path}', header = true, types = {{{types}}})"
        )
    elif node.language == "python":
        names: dict[str, Any] = {}
        exec(compiled, names)  # what dbt would run
        stand_in = names["dbtObj"](lambda name: warehouse.query(f"from {name}"))
        stand_in.is_incremental = False
        given = names["model"](stand_in, SimpleNamespace(_cursor=warehouse))
        warehouse.execute(f"create table {relation} as from given")
        del given
    else:
        kind = "view" if node.config.materialized == "view" else "table"
        warehouse.execute(f"create {kind} {relation} as {compiled}")
