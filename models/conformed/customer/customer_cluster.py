"""Which records are one customer, and which pairs a steward should look at."""

from pipelines.identity.customers import clusters


def model(dbt, session):
    dbt.config(materialized="table")
    records = dbt.ref("customer_standard")
    pairs = dbt.ref("customer_pair")
    certain = dbt.ref("customer_certain_pair")
    decisions = dbt.ref("customer_decision")
    parameters = dbt.ref("customer_model")
    return clusters(session, records, pairs, certain, decisions, parameters)
