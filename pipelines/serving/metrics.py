"""The metrics of a published version: what they mean, and their values, computed as that version defines them.

MetricFlow writes the SQL in this process. Names of metrics and dimensions are checked against the catalogue, values that
people give are bound as parameters: nothing that a person types becomes a part of the SQL, nor of MetricFlow's templates.
"""

import difflib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from pipelines.errors import ConcordError
from pipelines.home import Home
from pipelines.warehouse import Answer, Reader, reading

GRAINS = ("day", "week", "month", "quarter", "year")
_CACHED = 8
_CACHED_QUERIES = 1024


@dataclass(frozen=True)
class Metric:
    """One KPI. ``kind``: simple, ratio, derived, cumulative or conversion; ``unit`` "%" means a share, 1 being the whole.

    ``dimensions`` are the names by which it can be split and filtered, ``inputs`` the metrics that it is computed from;
    ``needs_time`` says that it has values by time only, ``has_horizon`` that its periods end with the data and not before.
    """

    name: str
    label: str
    description: str
    kind: str
    subject: str
    unit: str
    direction: str
    formula: str
    grain: str
    source: str
    owner: str
    inputs: tuple[str, ...]
    dimensions: tuple[str, ...]
    finest_grain: str = "day"
    needs_time: bool = False
    has_horizon: bool = False


@dataclass(frozen=True)
class Catalogue:
    """The metrics of one published version by name, in the order of their names; ``manifest`` is what MetricFlow reads."""

    version: int
    metrics: Mapping[str, Metric]
    manifest: str


@dataclass(frozen=True)
class Question:
    """Which metrics, split by which dimensions and periods, of which days (both included) and which rows.

    ``where`` holds pairs of dimension and value: several values of a dimension are alternatives, several dimensions must all
    hold; an empty value asks for what is not known.
    """

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    grain: str | None = None
    start: date | None = None
    end: date | None = None
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Compiled:
    """The SQL of a question and the values of its $parameters."""

    sql: str
    parameters: dict[str, str]


def catalogue(home: Home, number: int | None = None) -> Catalogue:
    """Return the metrics of a published version (default: the current one); ConcordError when it has none."""
    with reading(home, number) as reader:
        return _catalogue(reader)


def _catalogue(reader: Reader) -> Catalogue:
    try:
        found = reader.ask("select manifest from concord.semantic_manifest", limit=1)
    except ConcordError as error:
        if "semantic_manifest" not in error.message:
            raise
        raise ConcordError(
            "The published version defines no metrics.", hint="Run `concord run` to publish a newer one."
        ) from None
    text = str(found.rows[0][0])
    return Catalogue(found.version, _metrics(text), text)


def metric_of(known: Catalogue, name: str) -> Metric:
    """Return the metric ``name``; ConcordError that names similar ones when there is none."""
    if name not in known.metrics:
        raise ConcordError(
            f"There is no metric '{name}'.", hint=_similar(name, known.metrics, "`concord metrics list`")
        )
    return known.metrics[name]


def answer(home: Home, question: Question, *, limit: int, number: int | None = None) -> Answer:
    """Return the values of a question on a published version, ordered by what it is split by.

    Columns: ``metric_time__<grain>`` (the first day of the period) if there is a grain, the dimensions, then the metrics.
    Raises ConcordError for what the catalogue does not know.
    """
    with reading(home, number) as reader:
        known = _catalogue(reader)
        compiled = compile_question(known, _with_horizon(reader, known, question))
        found = reader.ask(compiled.sql, limit=limit, parameters=compiled.parameters)
    rows = [tuple(value.date() if isinstance(value, datetime) else value for value in row) for row in found.rows]
    return Answer(found.columns, rows, found.is_truncated, found.version)


def compile_question(known: Catalogue, question: Question) -> Compiled:
    """Return the SQL of a question; ConcordError when it asks for what the catalogue does not know."""
    _check(known, question)
    parameters: dict[str, str] = {}
    conditions = []
    for dimension in dict.fromkeys(name for name, _ in question.where):
        subject = f"cast({{{{ Dimension('{dimension}') }}}} as varchar)"
        alternatives = []
        for name, value in question.where:
            if name != dimension:
                continue
            if value == "":
                alternatives.append(f"{subject} is null")
            else:
                parameter = f"value_{len(parameters) + 1}"
                parameters[parameter] = value
                alternatives.append(f"{subject} = ${parameter}")
        conditions.append(" or ".join(alternatives))
    time_names = (f"metric_time__{question.grain}",) if question.grain else ()
    sql = _sql(
        known.manifest, question.metrics, (*time_names, *question.by), question.start, question.end, tuple(conditions)
    )
    return Compiled(sql, parameters)


def _check(known: Catalogue, question: Question) -> None:
    """Raise ConcordError unless every name of the question is one of the catalogue's, and the rest makes sense."""
    if not question.metrics:
        raise ConcordError("Name a metric.", hint="`concord metrics list` shows them.")
    metrics = [metric_of(known, name) for name in question.metrics]
    for dimension in (*question.by, *(name for name, _ in question.where)):
        for metric in metrics:
            if dimension not in metric.dimensions:
                places = "`concord metrics show " + metric.name + "`"
                raise ConcordError(
                    f"The metric '{metric.name}' has no dimension '{dimension}'.",
                    hint=_similar(dimension, metric.dimensions, places),
                )
    if question.grain is not None and question.grain not in GRAINS:
        raise ConcordError(f"There is no grain '{question.grain}'.", hint=f"Grains: {', '.join(GRAINS)}.")
    for metric in metrics:
        if question.grain is not None and GRAINS.index(question.grain) < GRAINS.index(metric.finest_grain):
            raise ConcordError(
                f"The metric '{metric.name}' has no values by {question.grain}.",
                hint=f"Its finest grain is the {metric.finest_grain}.",
            )
        if question.grain is None and metric.needs_time:
            raise ConcordError(
                f"The metric '{metric.name}' has values by time only.", hint=f"Add --grain {metric.finest_grain}."
            )
    if question.start and question.end and question.start > question.end:
        raise ConcordError(f"The period ends ({question.end}) before it begins ({question.start}).")


def _with_horizon(reader: Reader, known: Catalogue, question: Question) -> Question:
    """End the question with the data where it would go on for ever: sums to date have a value on every day to come."""
    if question.end is not None or not any(
        known.metrics[name].has_horizon for name in question.metrics if name in known.metrics
    ):
        return question
    last = reader.ask("select as_of_date from core.as_of", limit=1).rows
    end = last[0][0] if last else None
    return Question(question.metrics, question.by, question.grain, question.start, end, question.where)


def _similar(name: str, known: Sequence[str] | Mapping[str, Any], place: str) -> str:
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.6)
    close += [entry for entry in known if entry.endswith(f"__{name}") and entry not in close]
    return f"Did you mean {' or '.join(close[:3])}?" if close else f"{place} shows what there is."


@lru_cache(maxsize=_CACHED)
def _metrics(manifest: str) -> dict[str, Metric]:
    """Read the catalogue out of MetricFlow's manifest."""
    document = json.loads(manifest)
    models = document["semantic_models"]
    measures = {measure["name"]: model for model in models for measure in model["measures"]}
    definitions = {definition["name"]: definition for definition in document["metrics"]}
    metrics = {}
    for name in sorted(definitions):
        definition = definitions[name]
        meta = definition["config"]["meta"]
        tree = [definitions[found] for found in _tree(definitions, name)]
        sources = [measures[measure] for part in tree for measure in _measures(part)]
        shared = [_dimensions(models, source) for source in sources]
        common = set(shared[0]).intersection(*shared[1:])
        finest = max((_grain(source) for source in sources), key=GRAINS.index)
        metrics[name] = Metric(
            name=name,
            label=definition["label"] or name,
            description=" ".join((definition["description"] or "").split()),
            kind=definition["type"],
            **{
                key: str(meta.get(key, ""))
                for key in ("subject", "unit", "direction", "formula", "grain", "source", "owner")
            },
            inputs=_inputs(definition),
            dimensions=tuple(sorted(common)),
            finest_grain=finest,
            needs_time=any(_needs_time(part) for part in tree),
            has_horizon=any(part["type"] == "cumulative" or _looks_back(part) for part in tree),
        )
    return metrics


def _tree(definitions: dict[str, Any], name: str) -> list[str]:
    """Return a metric and all that it is computed from, each once."""
    found = [name]
    for part in found:
        found += [inner for inner in _inputs(definitions[part]) if inner not in found]
    return found


def _inputs(definition: dict[str, Any]) -> tuple[str, ...]:
    parameters = definition["type_params"]
    parts = [*(parameters["metrics"] or []), parameters["numerator"], parameters["denominator"]]
    return tuple(dict.fromkeys(part["name"] for part in parts if part))


def _measures(definition: dict[str, Any]) -> list[str]:
    parameters = definition["type_params"]
    conversion = parameters["conversion_type_params"] or {}
    parts = [parameters["measure"], conversion.get("base_measure"), conversion.get("conversion_measure")]
    return [part["name"] for part in parts if part]


def _looks_back(definition: dict[str, Any]) -> bool:
    """Whether a metric compares with an earlier period: it then has values as long after the data as it looks back."""
    inputs = definition["type_params"]["metrics"] or []
    return any(part["offset_window"] or part["offset_to_grain"] for part in inputs)


def _needs_time(definition: dict[str, Any]) -> bool:
    cumulative = definition["type_params"]["cumulative_type_params"] or {}
    return _looks_back(definition) or bool(cumulative.get("window") or cumulative.get("grain_to_date"))


def _dimensions(models: list[dict[str, Any]], model: dict[str, Any]) -> list[str]:
    """Return the categorical dimensions of a semantic model, and of those that its foreign keys lead to."""
    primary = next((entity["name"] for entity in model["entities"] if entity["type"] == "primary"), None)
    names = [f"{primary or model['primary_entity']}__{name}" for name in _categorical(model)]
    for entity in model["entities"]:
        if entity["type"] == "foreign":
            names += [
                f"{entity['name']}__{name}"
                for other in models
                if any(
                    key["name"] == entity["name"] and key["type"] in {"primary", "unique"} for key in other["entities"]
                )
                for name in _categorical(other)
            ]
    return names


def _categorical(model: dict[str, Any]) -> list[str]:
    return [dimension["name"] for dimension in model["dimensions"] if dimension["type"] == "categorical"]


def _grain(model: dict[str, Any]) -> str:
    """Return the grain of the date that a semantic model counts by."""
    wanted = (model["defaults"] or {}).get("agg_time_dimension")
    grains = [
        dimension["type_params"]["time_granularity"] for dimension in model["dimensions"] if dimension["name"] == wanted
    ]
    return str(grains[0]) if grains else "day"


@lru_cache(maxsize=_CACHED_QUERIES)
def _sql(
    manifest: str,
    metrics: tuple[str, ...],
    group_by: tuple[str, ...],
    start: date | None,
    end: date | None,
    conditions: tuple[str, ...],
) -> str:
    """Let MetricFlow write the SQL; the same question gives the same text."""
    engine, request = _engine(manifest)
    query = request.create(
        metric_names=list(metrics),
        group_by_names=list(group_by),
        order_by_names=list(group_by),
        time_constraint_start=datetime.combine(start, time.min) if start else None,
        time_constraint_end=datetime.combine(end, time.max) if end else None,
        where_constraints=list(conditions) or None,
    )
    try:
        return str(engine.explain(query).sql_statement.sql)
    except Exception as error:
        raise ConcordError(f"MetricFlow cannot answer this: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


@lru_cache(maxsize=_CACHED)
def _engine(manifest: str) -> tuple[Any, Any]:
    """Return MetricFlow's engine, which only writes SQL here, and its kind of request."""
    from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
    from metricflow.protocols.sql_client import SqlEngine
    from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
    from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
    from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

    class Writer:
        """What the engine asks of a database that it only writes SQL for."""

        sql_engine_type = SqlEngine.DUCKDB
        sql_plan_renderer = DuckDbSqlPlanRenderer()

    logging.getLogger("metricflow_semantics").setLevel(logging.ERROR)  # it tells at length where its calendar begins
    lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(manifest))
    client: Any = Writer()
    return MetricFlowEngine(lookup, client), MetricFlowQueryRequest
