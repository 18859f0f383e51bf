"""The one typed Settings object: concord.toml and the environment, validated before anything runs."""

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipelines.errors import ConfigurationError
from pipelines.home import Home
from pipelines.quality.contract import TableContract

REPOSITORY = Path(__file__).resolve().parent.parent


class WarehouseSettings(BaseModel):
    """The company and the limits of the machine."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = "My company"
    group_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    keep_versions: Annotated[int, Field(ge=1)] = 5
    memory_limit: Annotated[str, Field(pattern=r"^\d+(\.\d+)? ?(MB|GB|MiB|GiB)$")] = "2GB"
    threads: Annotated[int, Field(ge=1)] = 2


class FilesSource(BaseModel):
    """A system that delivers files in a folder; ``models`` is the folder of the staging models that map it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["files"]
    path: Path
    models: Path | None = None
    tables: Annotated[dict[str, TableContract], Field(min_length=1)]


class Environment(BaseSettings):
    """What the environment says; secrets come from here and from nowhere else."""

    model_config = SettingsConfigDict(env_prefix="CONCORD_", extra="ignore", env_ignore_empty=True)

    home: Path | None = None
    state_url: SecretStr | None = None


def _system_names(sources: dict[str, FilesSource]) -> dict[str, FilesSource]:
    for name in sources:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name) or "__" in name:
            raise ValueError(f"'{name}' is not a system name: use lower-case letters, digits and single underscores")
    return sources


class Settings(BaseModel):
    """Everything that a run needs to know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: Path
    home: Home
    state_url: SecretStr
    warehouse: WarehouseSettings = WarehouseSettings()
    sources: Annotated[dict[str, FilesSource], Field(min_length=1), AfterValidator(_system_names)]

    def mapping_folder(self, system: str) -> Path:
        """Return the folder with the staging models of ``system``: its own, or the one that ships with Concord."""
        own = self.sources[system].models
        return own if own is not None else REPOSITORY / "models" / "staging" / system


def load_settings(file: Path | None = None) -> Settings:
    """Read ``file`` (default: concord.toml here, else the one of the repository) and the environment.

    Raises ConfigurationError with one line that says what is wrong and where; nothing has run by then.
    """
    path = (file or _default_file()).resolve()
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"The configuration {path} cannot be read: {error.strerror}.", hint="Name another with --config FILE."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"The configuration {path} is not UTF-8.", hint="Save it as UTF-8.") from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"The configuration {path} is not valid TOML: {error}.") from error

    environment = Environment()
    home = Home((environment.home or path.parent / ".concord").expanduser().resolve())
    variables = {**os.environ, "CONCORD_HOME": str(home.root)}
    ours = sorted(content.keys() & {"file", "home", "state_url"})
    if ours:
        raise ConfigurationError(f"{path.name}: {ours[0]}: unknown setting.", hint="Set it in the environment.")
    content = _with_variables(content, variables, path)
    sources = content.get("sources")
    for source in sources.values() if isinstance(sources, dict) else ():
        if isinstance(source, dict):
            _resolve_folders(source, path.parent)
    state_url = environment.state_url or SecretStr(home.state_url)
    try:
        settings = Settings.model_validate({**content, "file": path, "home": home, "state_url": state_url})
    except ValidationError as error:
        raise ConfigurationError(f"{path.name}: {_first_complaint(error)}", hint=f"See {path}.") from error
    _check_mappings(settings)
    return settings


def _default_file() -> Path:
    here = Path.cwd() / "concord.toml"
    return here if here.exists() else REPOSITORY / "concord.toml"


def _with_variables(value: Any, variables: dict[str, str], path: Path) -> Any:
    """Replace ``${NAME}`` in every text of the configuration by the variable of the environment."""
    if isinstance(value, dict):
        return {key: _with_variables(item, variables, path) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_variables(item, variables, path) for item in value]
    if not isinstance(value, str):
        return value

    def replacement(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in variables:
            raise ConfigurationError(
                f"{path.name} uses ${{{name}}}, which is not set in the environment.",
                hint=f"Set it, for instance: export {name}=…",
            )
        return variables[name]

    return re.sub(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", replacement, value)


def _resolve_folders(source: dict[str, Any], base: Path) -> None:
    for name in ("path", "models"):
        if isinstance(source.get(name), str):
            source[name] = (base / Path(source[name]).expanduser()).resolve()


def _first_complaint(error: ValidationError) -> str:
    complaints = error.errors(include_url=False, include_input=False)
    first = complaints[0]
    place = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "literal_error" and first["loc"][-1] == "kind":
        message = f"unknown kind of source; known: {first['ctx']['expected']}"
    elif first["type"] == "extra_forbidden":
        message = "unknown setting"
    more = f" (and {len(complaints) - 1} more)" if len(complaints) > 1 else ""
    return f"{place}: {message}{more}."


def _check_mappings(settings: Settings) -> None:
    for system in settings.sources:
        folder = settings.mapping_folder(system)
        if not any(folder.glob("*.sql")):
            raise ConfigurationError(
                f"{settings.file.name}: sources.{system} has no staging models in {folder}.",
                hint="Set 'models' to the folder of its mapping; docs/bring-your-own-data.md shows how to write one.",
            )
