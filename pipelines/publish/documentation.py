"""The documentation of the models as one HTML file."""

from pathlib import Path

from pipelines.errors import ConcordError
from pipelines.publish import candidate, dbt
from pipelines.publish.project import compose
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import current_version


def write_documentation(settings: Settings, state: State) -> Path:
    """Write dbt's documentation of the published version and return its path; ConcordError before the first publish."""
    home = settings.home
    if current_version(home) is None:
        raise ConcordError("Nothing has been published yet.", hint="Run `concord run` first.")
    with home.lock("build"):
        project = compose(settings)
        dbt.manifest_of(settings, project)
        plan = candidate.plan_build(settings, state, project, full=False)
        if plan.base is None:
            raise ConcordError("The models changed since the last publish.", hint="Run `concord run` first.")
        candidate.make_candidate(settings, state, plan)
        try:
            dbt.invoke(settings, project, ["docs", "generate", "--static"])
        finally:
            dbt.close_connections()
            candidate.discard_candidate(home)
    written = home.root / "target" / "static_index.html"
    target = home.root / "docs" / "index.html"
    target.parent.mkdir(exist_ok=True)
    written.replace(target)
    return target
