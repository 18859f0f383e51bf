-- Nothing that must agree disagrees because of how figures are made: a version in which it does is not published.
select
    check_name,
    company,
    period,
    difference,
    documents
from {{ ref('reconciliation') }}
where status = 'break' and severity = 'stop'
order by check_name, period, company
