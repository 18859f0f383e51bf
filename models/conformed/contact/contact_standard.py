"""The names that contacts have, or had, in one spelling; an incremental build writes those anew that changed."""

from pipelines.identity.customers import standard


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="append")
    matchable = dbt.ref("contact_matchable")
    changed = dbt.ref("changed_contact_standard")
    return standard(session, matchable, changed if dbt.is_incremental else None)
