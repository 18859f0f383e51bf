"""The configuration is understood whole, or refused in one clear line before anything runs."""

from pathlib import Path

import pytest

from pipelines.errors import ConfigurationError
from pipelines.settings import REPOSITORY, Settings, load_settings

TABLE = """
[sources.{system}.tables.customer]
file = "customer.csv"
key = ["id"]
columns = {{ id = "integer" }}
"""


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONCORD_HOME", "CONCORD_STATE_URL", "CONCORD_EXTRACTS"):
        monkeypatch.delenv(name, raising=False)


def configuration(
    folder: Path, *, system: str = "crm", path: str = "extracts", head: str = "", table: str = TABLE
) -> Path:
    """Write a concord.toml with one table, its mapping beside it."""
    models = folder / "mapping"
    models.mkdir(parents=True, exist_ok=True)
    (models / f"stg_{system}__account.sql").write_text("select 1 as id", encoding="utf-8")
    file = folder / "concord.toml"
    source = f'[sources.{system}]\nkind = "files"\npath = "{path}"\nmodels = "mapping"\n'
    file.write_text(head + source + table.format(system=system), encoding="utf-8")
    return file


def refusal(file: Path) -> str:
    """Load the configuration, see it refused in one line with nothing written beside it, and return the line."""
    before = sorted(file.parent.rglob("*"))
    with pytest.raises(ConfigurationError) as failure:
        load_settings(file)
    assert "\n" not in failure.value.message
    assert sorted(file.parent.rglob("*")) == before
    return failure.value.message


def test_the_shipped_configurations_are_valid(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONCORD_HOME", str(tmp_path))
    monkeypatch.setenv("CONCORD_EXTRACTS", str(tmp_path / "extracts"))
    example = load_settings(REPOSITORY / "docs" / "examples" / "crm-erp-csv" / "concord.toml")
    assert example.sources["crm"].path == tmp_path / "extracts" / "source_crm"
    assert load_settings(REPOSITORY / "concord.toml").sources


# Variables


def test_a_variable_of_the_environment_is_put_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHERE", "somewhere")
    monkeypatch.setenv("EL_SE", "$HOME ${WHERE}")
    settings = load_settings(configuration(tmp_path, path="${WHERE}/else/${EL_SE}"))
    assert settings.sources["crm"].path == tmp_path / "somewhere" / "else" / "$HOME ${WHERE}"


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    file = configuration(tmp_path, path="${CONCORD_EXTRACTS}/crm")
    with pytest.raises(ConfigurationError) as failure:
        load_settings(file)
    assert failure.value.message == "concord.toml uses ${CONCORD_EXTRACTS}, which is not set in the environment."
    assert failure.value.hint is not None
    assert "export CONCORD_EXTRACTS=" in failure.value.hint


def test_the_home_is_a_variable_too(tmp_path: Path) -> None:
    assert (
        load_settings(configuration(tmp_path, path="${CONCORD_HOME}/x")).sources["crm"].path == tmp_path / ".concord/x"
    )


# Folders


def test_folders_are_relative_to_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = configuration(tmp_path / "here", path="../extracts")
    monkeypatch.chdir(elsewhere)
    settings = load_settings(Path("../here/concord.toml"))
    assert settings.file == file
    assert settings.sources["crm"].path == tmp_path / "extracts"
    assert settings.mapping_folder("crm") == tmp_path / "here" / "mapping"
    assert settings.home.root == tmp_path / "here" / ".concord"


def test_the_person_s_home_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    monkeypatch.setenv("CONCORD_HOME", "~/concord")
    settings = load_settings(configuration(tmp_path, path="~/extracts"))
    assert settings.sources["crm"].path == tmp_path / "person" / "extracts"
    assert settings.home.root == tmp_path / "person" / "concord"


def test_the_home_lies_beside_the_configuration_unless_the_environment_names_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = configuration(tmp_path)
    assert load_settings(file).home.root == tmp_path / ".concord"
    monkeypatch.setenv("CONCORD_HOME", str(tmp_path / "else"))
    assert load_settings(file).home.root == tmp_path / "else"
    assert load_settings(file).state_url.get_secret_value() == f"sqlite:///{tmp_path / 'else' / 'state.db'}"


def test_an_empty_variable_is_as_if_it_were_not_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a run with CONCORD_HOME= would fill the folder in which somebody happens to stand."""
    monkeypatch.setenv("CONCORD_HOME", "")
    monkeypatch.setenv("CONCORD_STATE_URL", "")
    settings = load_settings(configuration(tmp_path))
    assert settings.home.root == tmp_path / ".concord"
    assert settings.state_url.get_secret_value().startswith("sqlite:///")


def test_without_a_name_the_configuration_here_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = configuration(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert load_settings().file == file
    monkeypatch.chdir(tmp_path / "mapping")
    monkeypatch.setenv("CONCORD_HOME", str(tmp_path / "home"))
    assert load_settings().file == REPOSITORY / "concord.toml"


def test_loading_writes_nothing(tmp_path: Path) -> None:
    file = configuration(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    load_settings(file)
    assert sorted(tmp_path.rglob("*")) == before


# Secrets


def test_a_secret_never_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_STATE_URL", "postgresql://concord:topsecret@db/concord")
    settings = load_settings(configuration(tmp_path))
    assert isinstance(settings, Settings)
    assert "topsecret" in settings.state_url.get_secret_value()
    assert "topsecret" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


def test_a_secret_never_shows_in_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONCORD_STATE_URL", "postgresql://concord:topsecret@db/concord")
    monkeypatch.setenv("PASSWORD", "topsecret")
    file = configuration(tmp_path, head='[warehouse]\ngroup_currency = "${PASSWORD}"\n')
    with pytest.raises(ConfigurationError) as failure:
        load_settings(file)
    assert "group_currency" in str(failure.value)
    assert "topsecret" not in f"{failure.value} {failure.value!r}"


# Wrong values


@pytest.mark.parametrize(
    ("head", "place"),
    [
        ('[warehouse]\ngroup_currency = "Euro"\n', "warehouse.group_currency"),
        ("[warehouse]\nkeep_versions = 0\n", "warehouse.keep_versions"),
        ('[warehouse]\nkeep_versions = "many"\n', "warehouse.keep_versions"),
        ('[warehouse]\nmemory_limit = "lots"\n', "warehouse.memory_limit"),
        ("[warehouse]\nthreads = 0\n", "warehouse.threads"),
        ("[warehouse]\nname = 3\n", "warehouse.name"),
        ('[warehouse]\ncolour = "red"\n', "warehouse.colour: unknown setting"),
        ("[warehouses]\n", "warehouses: unknown setting"),
        ('warehouse = "big"\n', "warehouse"),
        ('home = "/elsewhere"\n', "home: unknown setting"),
        ('file = "other.toml"\n', "file: unknown setting"),
        ('state_url = "sqlite:///x"\n', "state_url: unknown setting"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(tmp_path: Path, head: str, place: str) -> None:
    message = refusal(configuration(tmp_path, head=head))
    assert message.startswith(f"concord.toml: {place}")


def test_further_complaints_are_counted(tmp_path: Path) -> None:
    message = refusal(
        configuration(tmp_path, head='[warehouse]\nthreads = 0\nkeep_versions = 0\ngroup_currency = ""\n')
    )
    assert message.endswith("(and 2 more).")


@pytest.mark.parametrize("system", ["CRM", "1crm", "crm-erp", "a__b", "crm_é", "x" * 42])
def test_a_system_name_that_no_schema_can_have_is_refused(tmp_path: Path, system: str) -> None:
    file = configuration(tmp_path, table=TABLE)
    text = file.read_text(encoding="utf-8").replace("sources.crm", f'sources."{system}"')
    file.write_text(text, encoding="utf-8")
    assert f"'{system}' is not a system name" in refusal(file)


@pytest.mark.parametrize("system", ["crm", "sap_s4", "x" * 41, "a1"])
def test_a_good_system_name_is_taken(tmp_path: Path, system: str) -> None:
    assert list(load_settings(configuration(tmp_path, system=system)).sources) == [system]


@pytest.mark.parametrize(
    ("content", "gist"),
    [
        ("[sources", "is not valid TOML"),
        ("a = 1\na = 2", "is not valid TOML"),
        ("", "sources"),
        ("[sources]", "sources"),
        ("sources = 3", "sources"),
        ("[sources]\ncrm = 3", "sources.crm"),
        (
            '[sources.crm]\nkind = "files"\npath = 3\n[sources.crm.tables.t]\nfile="a"\nkey=["a"]\ncolumns={a="text"}',
            "sources.crm.path",
        ),
        ('[sources.crm]\nkind = "files"\npath = "x"\n[sources.crm.tables]', "sources.crm.tables"),
        (
            '[sources.crm]\nkind = "files"\npath = "x"\n[sources.crm.tables.t]\nfile="a"\nkey=[]\ncolumns={a="text"}',
            "sources.crm.tables.t.key",
        ),
        (
            '[sources.crm]\nkind = "files"\npath = "x"\n[sources.crm.tables.t]\nfile="a"\nkey=["a"]\ncolumns={}',
            "sources.crm.tables.t.columns",
        ),
        ("\xff\xfe".encode("latin-1"), "UTF-8"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused(tmp_path: Path, content: str | bytes, gist: str) -> None:
    file = tmp_path / "concord.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert gist in refusal(file)


def test_a_missing_configuration_is_named(tmp_path: Path) -> None:
    assert (
        refusal(tmp_path / "none.toml")
        == f"The configuration {tmp_path / 'none.toml'} cannot be read: No such file or directory."
    )
    assert "cannot be read" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("setting", "place"),
    [
        ('delimiter = ";;"', "delimiter"),
        ('encoding = "ebcdic"', "encoding"),
        ("largest_drop = 0", "largest_drop"),
        ("largest_drop = 1.5", "largest_drop"),
        ('load = "sometimes"', "load"),
        ('latest_by = ["nothing"]', "column 'nothing' is used but not declared"),
        ('rules = [{ name = "a" }]', "either 'expect'"),
        ('rules = [{ sql = "id > 0" }]', "needs a 'name'"),
        ('rules = [{ expect = "column_values_to_be_null" }]', "needs a 'column'"),
        ('rules = [{ name = "a", sql = "id > 0", severity = "shout" }]', "severity"),
    ],
)
def test_a_wrong_contract_is_refused_with_its_place(tmp_path: Path, setting: str, place: str) -> None:
    message = refusal(configuration(tmp_path, table=TABLE + setting + "\n" if "{" not in setting else
                                    TABLE + setting.replace("{", "{{").replace("}", "}}") + "\n"))  # fmt: skip
    assert message.startswith("concord.toml: sources.crm.tables.customer")
    assert place in message


def test_a_system_without_a_mapping_is_refused(tmp_path: Path) -> None:
    file = configuration(tmp_path)
    (tmp_path / "mapping" / "stg_crm__account.sql").unlink()
    assert refusal(file) == f"concord.toml: sources.crm has no staging models in {tmp_path / 'mapping'}."
    file.write_text(file.read_text(encoding="utf-8").replace('models = "mapping"\n', ""), encoding="utf-8")
    assert str(REPOSITORY / "models" / "staging" / "crm") in refusal(file)
