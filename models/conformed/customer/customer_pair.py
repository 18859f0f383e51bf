"""Pairs of records that may be the same customer; an incremental build compares what changed with everything."""

from pipelines.identity.customers import pairs


def model(dbt, session):
    dbt.config(materialized="incremental", incremental_strategy="append")
    changed = dbt.ref("changed_customer_pair")
    standard = dbt.ref("customer_standard")
    return pairs(session, standard, dbt.ref("customer_model"), changed if dbt.is_incremental else None)
