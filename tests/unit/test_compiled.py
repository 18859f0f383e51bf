"""What dbt compiled is executed later: it has to be nobody else's."""

from pathlib import Path

import pytest

from pipelines.errors import ConfigurationError
from pipelines.publish.compiled import compiled_folder
from pipelines.publish.project import Project
from tests.extracts import environment, example_settings


def test_a_folder_that_others_may_write_into_is_refused(tmp_path: Path) -> None:
    settings = example_settings(tmp_path, tmp_path / "home")
    shared = tmp_path / "shared"
    with environment(CONCORD_COMPILED=str(shared)):
        folder = compiled_folder(settings, Project(tmp_path, "models"))
        assert folder.parent == shared
        assert shared.stat().st_mode & 0o077 == 0
        shared.chmod(0o777)
        with pytest.raises(ConfigurationError, match="Others may write into"):
            compiled_folder(settings, Project(tmp_path, "models"))


def test_another_project_has_another_folder(tmp_path: Path) -> None:
    settings = example_settings(tmp_path, tmp_path / "home")
    with environment(CONCORD_COMPILED=str(tmp_path / "shared")):
        folders = {
            compiled_folder(settings, Project(tmp_path, fingerprint, text=text))
            for fingerprint in ("a", "b")
            for text in ("", "x")
        }
    assert len(folders) == 4
