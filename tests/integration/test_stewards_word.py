"""A steward's word on a record that carries a shared customer number counts for the customer, and is refused where it cannot."""

from pathlib import Path

import pytest

from pipelines.errors import ConcordError
from pipelines.identity import stewardship
from pipelines.run import run
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import ask
from tests.extracts import example_copy

_CUSTOMERS = """
    select record_id, count(*) over (partition by customer_key) from (
        select concat_ws('/', source_system, source_id) as record_id, customer_key from conformed.customer_identity
    )
"""


def _sizes(settings: Settings) -> dict[str, int]:
    """How many records the customer of each record has."""
    return dict(ask(settings.home, _CUSTOMERS, limit=100).rows)


def test_a_word_on_records_with_shared_numbers_counts_for_their_customers(small_example: Path, tmp_path: Path) -> None:
    settings = example_copy(small_example, tmp_path)
    before = _sizes(settings)
    with State(settings.state_url.get_secret_value()) as state:
        stewardship.decide(settings.home, state, "crm/2", "crm/3", "same", "steward", "father and son share a shop")
        assert run(settings, state).mode == "incremental"
        assert _sizes(settings)["crm/2"] == _sizes(settings)["crm/3"] == before["crm/2"] + before["crm/3"]
        stewardship.decide(settings.home, state, "crm/2", "crm/3", "apart", "steward", "no, they do not")
        run(settings, state)
    assert _sizes(settings) == before


def test_no_word_parts_records_of_one_number(small_example: Path, tmp_path: Path) -> None:
    settings = example_copy(small_example, tmp_path)
    shared = "select list(concat_ws('/', source_system, source_id)) from conformed.customer_member group by member_id"
    (pair,) = (ids for (ids,) in ask(settings.home, shared, limit=100).rows if "crm/2" in ids)
    assert len(pair) > 1
    with State(settings.state_url.get_secret_value()) as state:
        for verdict in ("apart", "same"):
            with pytest.raises(ConcordError, match="carry the customer number"):
                stewardship.decide(settings.home, state, *sorted(pair)[:2], verdict, "steward", "")
        stewardship.decide(settings.home, state, *sorted(pair)[:2], "open", "steward", "")
        assert [said.verdict for said in state.identity_decisions()] == ["open"]
