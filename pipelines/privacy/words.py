"""Matching models without the words of the erased: what too few of the remaining records say goes from their counts of words."""

from collections.abc import Iterable
from contextlib import closing

import duckdb
import pyarrow as pa

from pipelines.identity.model import without_rare_words
from pipelines.identity.rarity import widespread
from pipelines.privacy.record import Erasure
from pipelines.settings import Settings
from pipelines.state import State
from pipelines.warehouse import current_version, read_published

FEWEST_RECORDS = 3
"""A word that fewer remaining records have may tell of the erased: it goes."""

_REMAINING = {
    "customer": """
        select standard.* from conformed.customer_standard as standard
        where standard.id not in (
            select concat_ws('/', erased.source_system, erased.source_id) from erased where erased.entity = 'customer'
        )
    """,
    "contact": """
        select standard.* from conformed.contact_standard as standard
        where split_part(standard.id, '#', 1) not in (
            select record.record_id from conformed.contact_record as record
            inner join erased on erased.source_system = record.source_system
                and case erased.entity when 'contact' then record.source_id else record.account_source_id end = erased.source_id
        )
    """,
}
"""The records that remain, in the one spelling in which words are counted, by what a model matches."""


def forget_words(settings: Settings, state: State, known: Iterable[Erasure]) -> None:
    """Drop from all kept models the words that fewer than FEWEST_RECORDS records have besides those of the erased.

    Told by the published version: words of the erased that others have stay, as rare as they were; what a record was called
    before, or a record that is gone, counts as nobody's. A word that goes is as rare to the model as any that it never met.
    Idempotent. Call it before a version is built without the erased: they match by the same model from then on.
    """
    subjects = {model.subject for model in state.identity_models()}
    if not subjects:
        return
    rows = [(erasure.entity, *record) for erasure in known for record in erasure.records]
    kept = {subject: _kept(settings, subject, rows) for subject in subjects}
    state.change_identity_models(lambda subject, parameters: without_rare_words(parameters, kept.get(subject, {})))


def _kept(settings: Settings, subject: str, erased: list[tuple[str, str, str]]) -> dict[str, set[str]]:
    """Return the words, by field, that enough of the remaining records of a subject have."""
    if current_version(settings.home) is None:
        return {}
    connection, _ = read_published(settings.home)
    with closing(connection):
        columns = list(zip(*erased, strict=True)) or [(), (), ()]
        arrays = [pa.array(column, type=pa.string()) for column in columns]
        connection.register("erased", pa.Table.from_arrays(arrays, names=["entity", "source_system", "source_id"]))
        try:
            return widespread(connection, _REMAINING[subject], FEWEST_RECORDS)
        except duckdb.CatalogException:  # a version of an earlier Concord, which had no such table
            return {}
