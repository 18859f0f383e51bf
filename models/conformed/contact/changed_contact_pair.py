"""What an incremental build compares anew: what changed, and who met, or meets, too many others since."""

from pipelines.identity.customers import to_compare


def model(dbt, session):
    dbt.config(materialized="table")
    changed = dbt.ref("changed_contact_standard")
    return to_compare(session, dbt.ref("contact_standard"), dbt.ref("contact_model"), changed)
