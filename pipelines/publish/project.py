"""The dbt project of a configuration: Concord's own models, and for each configured system the models that map it."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import yaml

from pipelines.errors import ConfigurationError
from pipelines.settings import REPOSITORY, Settings

# What a model is called that holds every version of its records, and not only the latest.
VERSION = "_version"
_SHARED = ("conformed", "core", "marts", "quality", "semantic")
_METRICS = "models/semantic/"
_KINDS = {".sql", ".yml", ".csv", ".py", ".md"}


@dataclass(frozen=True)
class Project:
    """A composed dbt project; ``fingerprint`` changes whenever its models or its configuration do.

    ``definitions`` changes with the definitions of metrics, which need no row made anew; ``text`` with any file at all.
    """

    folder: Path
    fingerprint: str
    definitions: str = ""
    text: str = ""


def entity_systems(settings: Settings) -> dict[str, list[str]]:
    """Return for each conformed entity the systems that deliver it, told by the names ``stg_<system>__<entity>``."""
    entities: dict[str, list[str]] = {}
    for system in sorted(settings.sources):
        for model in sorted(settings.mapping_folder(system).glob(f"stg_{system}__*.sql")):
            entities.setdefault(model.stem.split("__", 1)[1], []).append(system)
    return entities


def reconciliation_checks() -> list[str]:
    """Return the models that quality.reconciliation is made of: the files of models/quality/checks."""
    return sorted(model.stem for model in (REPOSITORY / "models" / "quality" / "checks").rglob("check_*.sql"))


def compose(settings: Settings) -> Project:
    """Lay the dbt project out under the home, out of links, so that nothing is written into the repository.

    Raises ConfigurationError when a mapping has a file that belongs to another system.
    """
    home = settings.home
    text = (REPOSITORY / "dbt_project.yml").read_text(encoding="utf-8")
    definition = yaml.load(text, yaml.CSafeLoader)  # ten times as fast as the other
    definition["model-paths"] = ["models"]
    definition["vars"] = definition.get("vars", {}) | {
        "entity_systems": entity_systems(settings),
        "group_currency": settings.warehouse.group_currency,
        "checks": reconciliation_checks(),
    }
    rooms = {room: REPOSITORY / room for room in ("macros", "seeds", "tests/data")}
    rooms |= {f"models/{room}": REPOSITORY / "models" / room for room in _SHARED}
    for system in settings.sources:
        folder = settings.mapping_folder(system)
        own = (f"stg_{system}__", f"changed_{system}__")
        foreign = [model.name for model in folder.glob("*.sql") if not model.name.startswith(own)]
        if foreign:
            raise ConfigurationError(
                f"{folder / foreign[0]} does not belong to the system '{system}'.",
                hint=f"Models in this folder are called stg_{system}__<entity>.sql, or changed_{system}__<what>.sql.",
            )
        rooms[f"models/staging/{system}"] = folder
    # dbt follows links to files and not to folders.
    links = {
        f"{room}/{file.relative_to(folder)}": file
        for room, folder in sorted(rooms.items())
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix in _KINDS
    }
    links["profiles.yml"] = REPOSITORY / "profiles.yml"
    _lay_links(home.project, links)
    text = yaml.safe_dump(definition, sort_keys=False)
    target = home.project / "dbt_project.yml"
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")
    files = {place: file.read_bytes() for place, file in sorted(links.items())}
    return Project(home.project, _fingerprint(settings, files, text), _hashed(files, _METRICS), _hashed(files, ""))


def _lay_links(project: Path, links: dict[str, Path]) -> None:
    """Make the links of the project, and remove those that belong to nothing any more."""
    if project.is_dir():
        for entry in sorted(project.rglob("*")):
            if entry.is_symlink() and links.get(str(entry.relative_to(project))) != entry.readlink():
                entry.unlink()
    for place, target in links.items():
        link = project / place
        if not link.is_symlink():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(target)


def _hashed(files: dict[str, bytes], room: str) -> str:
    """Hash every file of the project whose place begins with ``room``; they come in the order of their places."""
    digest = hashlib.sha256()
    for place, content in files.items():
        if place.startswith(room):
            digest.update(place.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:16]


def _fingerprint(settings: Settings, files: dict[str, bytes], definition: str) -> str:
    """Hash what decides how the log becomes a warehouse: models, macros, seeds, and the shape of the raw tables."""
    digest = hashlib.sha256(definition.encode())
    for place, content in files.items():
        if place.endswith((".sql", ".csv", ".py")) and not place.startswith("tests/"):
            digest.update(place.encode() + b"\0" + content + b"\0")
    shapes = {
        f"{system}.{name}": list(table.columns.items())
        for system, source in sorted(settings.sources.items())
        for name, table in sorted(source.tables.items())
    }
    digest.update(json.dumps(shapes).encode())
    return digest.hexdigest()[:16]
