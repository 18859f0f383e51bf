"""The model that matches customers: the latest that was trained, or one that this build learns when it builds everything."""

from pipelines.identity.customers import parameters


def model(dbt, session):
    dbt.config(materialized="table")
    kept = dbt.source("control", "identity_model").filter("subject = 'customer'").project("number, parameters")
    ((is_full,),) = dbt.source("control", "build").aggregate("bool_and(after_batch_id = 0)").fetchall()
    return parameters(session, kept, dbt.ref("customer_standard"), may_learn=is_full)
