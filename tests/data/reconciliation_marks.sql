-- What disagrees because of what systems deliver is published with a mark: one row names a check and how much is behind it.
{{ config(severity='warn', meta={'is_shown': true}) }}
select
    check_name,
    count(*) as breaks,
    sum(abs(difference)) as difference,
    max(period) as last_period
from {{ ref('reconciliation') }}
where status = 'break' and severity = 'mark'
group by check_name
order by check_name
