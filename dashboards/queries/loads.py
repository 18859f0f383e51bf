"""Questions to the quality marts."""

from dashboards.published import DataFrame, ask

_LAST_LOADS = """
with broken as (
    select
        batch_id,
        count(*) filter (where severity = 'report') as rules_reported
    from quality.contract_result
    where rows_broken > 0
    group by batch_id
)

select
    account.batch_id,
    account.source_system,
    account.table_name,
    account.load_kind,
    account.landed_at,
    account.rows_read,
    account.rows_quarantined,
    account.rows_admitted,
    account.rows_unchanged,
    account.rows_deleted,
    account.rows_current,
    coalesce(broken.rules_reported, 0) as rules_reported
from quality.load_account as account
left join broken on account.batch_id = broken.batch_id
qualify row_number() over (partition by account.source_system, account.table_name order by account.batch_id desc) = 1
order by account.source_system, account.table_name
"""


def last_loads(version: int) -> DataFrame:
    """Return the account of the last batch of each table."""
    return ask(_LAST_LOADS, {}, version)


_BROKEN_RULES = """
with last_batch as (
    select
        source_system,
        table_name,
        max(batch_id) as batch_id
    from quality.load_account
    group by source_system, table_name
)

select
    result.source_system,
    result.table_name,
    result.rule,
    result.column_name,
    result.severity,
    result.rows_broken,
    account.rows_read
from quality.contract_result as result
inner join last_batch on result.batch_id = last_batch.batch_id
inner join quality.load_account as account on result.batch_id = account.batch_id
where result.rows_broken > 0
order by
    result.severity = 'quarantine' desc,
    result.rows_broken desc,
    result.source_system,
    result.table_name,
    result.rule
"""


def broken_rules(version: int) -> DataFrame:
    """Return the rules that rows of the last batches broke: those that kept rows out first, then the most broken."""
    return ask(_BROKEN_RULES, {}, version)
