"""What matching models still say of words when somebody has been erased."""

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.identity.model import Model, without_rare_words
from pipelines.identity.rarity import Rarity
from pipelines.privacy import words
from pipelines.privacy.record import Erasure
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import POINTER
from tests.extracts import demo_settings

NOTHING: dict[str, int] = {}


def _model(**counts: dict[str, int]) -> str:
    fields = ("name", "street", "given_name", "surname")
    rarity = Rarity(dict.fromkeys(fields, 100), {field: counts.get(field, NOTHING) for field in fields})
    return Model(0.1, {}, {}, is_trained=True, records=100, seed=1, rarity=rarity).to_json()


def _counts(parameters: str) -> dict[str, dict[str, int]]:
    rarity = Model.from_json(parameters).rarity
    assert rarity is not None
    return {field: counts for field, counts in rarity.counts.items() if counts}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    chosen = demo_settings(tmp_path)
    chosen.home.create()
    return chosen


def _erasure(source_id: str, entity: str) -> Erasure:
    reference = "alone:record" if entity == "contact" else "record"
    return Erasure(1, 1, "", datetime.now(UTC), "", [("crm", reference, source_id)], [("crm", source_id)])


def test_a_word_that_too_few_others_have_goes_and_all_else_is_as_it_was(settings: Settings) -> None:
    file = settings.home.published / "warehouse-000001.duckdb"
    with duckdb.connect(str(file)) as version:
        version.execute("create schema conformed")
        version.execute(
            """
            create table conformed.customer_standard as
            select 'crm/' || i as id, ['adler', 'werk'] as name_words, case when i < 3 then ['gasse'] end as street_words,
                case when i < 4 then 'eva' end as given_name, case when i < 3 then 'stark' end as surname
            from range(5) as t(i)
            """
        )
        version.execute(
            """
            create table conformed.contact_standard as
            select 'crm/contact/' || i || case when i = 3 then '#5' else '' end as id, null::varchar[] as name_words,
                null::varchar[] as street_words, 'eva' as given_name, case when i < 4 then 'stark' else 'alt' end as surname
            from range(6) as t(i)
            """
        )
        version.execute(
            """
            create table conformed.contact_record as
            select 'crm' as source_system, i::varchar as source_id, 'crm/contact/' || i as record_id, '0' as account_source_id
            from range(6) as t(i) where i in (0, 1) union all
            select 'crm', i::varchar, 'crm/contact/' || i, '9' from range(2, 6) as t(i)
            """
        )
    (settings.home.published / POINTER).write_text("1", encoding="ascii")
    customer = _model(name={"adler": 5}, street={"gasse": 3}, given_name={"eva": 4}, surname={"stark": 3, "former": 2})
    contact = _model(given_name={"eva": 6}, surname={"stark": 4, "alt": 2})
    with State(settings.state_url.get_secret_value()) as state:
        for subject, parameters in (
            ("customer", _model(surname={"stark": 9})),
            ("customer", customer),
            ("contact", contact),
        ):
            state.record_identity_model(parameters, subject)
        numbers = [model.number for model in state.identity_models()]

        words.forget_words(settings, state, [_erasure("0", "customer")])
        kept = {model.subject: _counts(model.parameters) for model in state.identity_models()}
        assert kept["customer"] == {"name": {"adler": 5}, "given_name": {"eva": 4}}
        # With the customer go its contacts 0 and 1: only 2 and 3, which is a former name, are called Stark.
        assert kept["contact"] == {"given_name": {"eva": 6}}
        assert [model.number for model in state.identity_models()] == numbers
        with state.engine.connect() as connection:
            text = str(connection.exec_driver_sql("select parameters from identity_model").fetchall())
        assert "stark" not in text
        assert "former" not in text

        state.record_identity_model(_model(surname={"stark": 4}), "contact")
        words.forget_words(settings, state, [_erasure("0", "contact")])
        assert _counts(state.identity_models()[-1].parameters) == {"surname": {"stark": 4}}


def test_without_a_version_no_word_is_known_to_be_anybody_elses(settings: Settings) -> None:
    with State(settings.state_url.get_secret_value()) as state:
        state.record_identity_model(_model(surname={"stark": 9}), "contact")
        words.forget_words(settings, state, [_erasure("0", "contact")])
        assert _counts(state.identity_models()[0].parameters) == {}


def test_models_of_other_formats_keep_no_words_and_those_without_words_their_text() -> None:
    assert "stark" not in without_rare_words('{"format": 1, "rarity": {"surname": "stark stark"}}', {})
    assert without_rare_words("stark", {}) == ""
    silent = Model(0.1, {}, {}, is_trained=True, records=100, seed=1).to_json()
    assert without_rare_words(silent, {}) == silent
