"""A configuration that makes no sense, and a run that can take in nothing, say so and write nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.errors import ConcordError, ConfigurationError
from pipelines.run import run
from pipelines.settings import load_settings
from tests.desk import CONFIGURATION, Desk

# Configuration


@pytest.mark.parametrize(
    ("old", "new", "gist"),
    [
        ('kind = "files"', 'kind = "fax"', "sources.crm.kind: unknown kind of source; known: 'files'"),
        ('key = ["id"]', 'keys = ["id"]', "sources.crm.tables.customer.key"),
        ('load = "delta"', 'load = "delta"\nspeed = 3', "sources.crm.tables.visit.speed: unknown setting"),
        (
            'file = "customer.csv"\nkey = ["id"]',
            'file = "customer.csv"\nkey = ["number"]',
            "column 'number' is used but not",
        ),
        ('column = "spent"', 'column = "price"', "column 'price' is used but not declared"),
        ('born = "date"', 'born = "day"', "sources.crm.tables.customer.columns.born"),
        ('name = "text"', '_name = "text"', "underscore"),
        ('sql = "spent >= 0"', 'sql = "spent >= 0", expect = "column_values_to_be_null"', "either 'expect'"),
        ('sql = "spent >= 0"', 'expect = "column_values_to_be_nice"', "sources.crm.tables.customer.rules.0.expect"),
        ('sql = "spent >= 0"', 'sql = "spent >= 0", severty = "report"', "severty"),
        ('sql = "spent >= 0"', 'expect = "column_values_to_not_be_null", mostly = 0.9', "'mostly' means nothing here"),
        (
            'key = ["id"]\ncolumns',
            'key = ["id"]\noperation = { column = "name", delete = ["D"] }\ncolumns',
            "operation",
        ),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused_before_anything_is_written(
    tmp_path: Path, old: str, new: str, gist: str
) -> None:
    assert old in CONFIGURATION
    (tmp_path / "concord.toml").write_text(CONFIGURATION.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refusal:
        load_settings(tmp_path / "concord.toml")
    assert gist in refusal.value.message
    assert "\n" not in refusal.value.message
    assert [path.name for path in tmp_path.iterdir()] == ["concord.toml"]


# A whole run


def _drop_everything(desk: Desk) -> str:
    return f"{desk.extracts / 'customer.csv'} is missing."


def _deliver_nonsense(desk: Desk) -> str:
    desk.deliver("what;is;this\n")
    desk.deliver("what;is;this\n", "visits/1.csv")
    return "customer.csv: the header is one column with the delimiter ','"


@pytest.mark.parametrize("spoil", [_drop_everything, _deliver_nonsense])
def test_a_first_run_that_can_take_in_nothing_says_so_and_publishes_nothing(
    new_desk: Desk, spoil: Callable[[Desk], str]
) -> None:
    gist = spoil(new_desk)
    with pytest.raises(ConcordError, match=r"^Nothing could be taken in") as failure:
        run(new_desk.settings, new_desk.state)
    assert gist in failure.value.message
    assert "1 more tables were held" in failure.value.message
    assert not list(new_desk.settings.home.published.iterdir())
    assert not new_desk.state.batches()
    last = new_desk.state.last_run()
    assert last is not None
    assert last["outcome"] == "failed"
