"""Pairs of contacts that may be the same person; an incremental build compares what changed with everything."""

from pipelines.identity.customers import pairs


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="append")
    changed = dbt.ref("changed_contact_pair")
    standard = dbt.ref("contact_standard")
    return pairs(session, standard, dbt.ref("contact_model"), changed if dbt.is_incremental else None)
