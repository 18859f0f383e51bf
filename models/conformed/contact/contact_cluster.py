"""Which contacts are one person, and which pairs a steward should look at."""

from pipelines.identity.customers import clusters


def model(dbt, session):
    dbt.config(materialized="table")
    records = dbt.ref("contact_standard")
    pairs = dbt.ref("contact_pair")
    certain = dbt.ref("contact_certain_pair")
    decisions = dbt.source("control", "identity_decision").filter("left_id like '%/contact/%'")
    parameters = dbt.ref("contact_model")
    return clusters(session, records, pairs, certain, decisions, parameters)
