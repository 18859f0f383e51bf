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


_TRUST = """
select
    mart,
    subject,
    score,
    light,
    late_source_rate,
    failed_test_rate,
    reconciliation_break_rate,
    refused_row_rate,
    worst_part
from quality.trust_score
order by score, mart
"""


def trust(version: int) -> DataFrame:
    """Return the score and light of each mart and the part that takes most from it, the least trusted first."""
    return ask(_TRUST, {}, version)


_CHECKS = """
with placed as (
    select
        *,
        period = max(period) over (partition by check_name) as is_last
    from quality.reconciliation
),

counted as (
    select
        check_name,
        count(distinct period) as periods,
        count(*) as compared,
        count(*) filter (where status = 'break') as breaks,
        coalesce(sum(abs(difference)), 0) as difference,
        coalesce(sum(abs(difference)) filter (where is_last), 0) as last_difference,
        max(period) filter (where status = 'break') as last_break
    from placed
    group by check_name
)

select
    counted.check_name,
    coalesce(checks.compares, counted.check_name) as compares,
    checks.subject,
    coalesce(checks.severity, 'stop') as severity,
    counted.periods,
    counted.compared,
    counted.breaks,
    counted.difference,
    counted.last_difference,
    counted.last_break
from counted
left join reference.reconciliation_checks as checks on counted.check_name = checks.check_name
order by counted.breaks > 0 desc, checks.severity = 'stop' desc, checks.subject, checks.compares
"""


def checks(version: int) -> DataFrame:
    """Return what is compared and how much of it does not agree, what does not agree first."""
    return ask(_CHECKS, {}, version)


_BREAKS = """
select
    period,
    coalesce(company, 'all') as company,
    expected,
    actual,
    difference,
    documents
from quality.reconciliation
where check_name = $check_name and status = 'break'
order by period desc, abs(difference) desc, company
"""


def breaks(version: int, check_name: str) -> DataFrame:
    """Return the breaks of a check with the documents that cause them, the latest period first."""
    return ask(_BREAKS, {"check_name": check_name}, version)


_FRESHNESS = """
select
    source_system,
    table_name,
    status,
    last_extracted_date,
    age_days,
    usual_gap_days,
    last_landed_at,
    batches,
    row_count
from quality.freshness
order by status = 'late' desc, age_days desc, source_system, table_name
"""


def freshness(version: int) -> DataFrame:
    """Return how old what we know of each table is, the late ones first."""
    return ask(_FRESHNESS, {}, version)


_QUARANTINE = """
select
    source_system,
    table_name,
    rule,
    rows_refused,
    rows_corrected,
    rows_open
from quality.quarantine
order by rows_open desc, source_system, table_name, rule
"""


def quarantine(version: int) -> DataFrame:
    """Return what was ever refused by rule, and how much of it came in good order since."""
    return ask(_QUARANTINE, {}, version)
