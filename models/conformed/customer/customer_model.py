"""The model that matches customers: the latest that was trained, or one that this build learns when it builds everything."""

from pipelines.identity.customers import parameters


def model(dbt, session):
    dbt.config(materialized="table")
    kept = dbt.source("control", "identity_model")
    return parameters(session, kept, dbt.ref("customer_standard"), may_learn=not dbt.is_incremental)
