{#- The checks are the files of models/quality/checks: a check that is laid there is a part of this. -#}
{%- set checks = var('checks') -%}
with

{% for check in checks -%}
{{ check }} as (
    select
        check_name,
        company,
        period,
        expected,
        actual,
        documents
    from {{ ref(check) }}
),

{% endfor -%}
checked as (
    {%- for check in checks %}
    select * from {{ check }}

    union all
    {% endfor %}
    select
        cast(null as varchar) as check_name,
        cast(null as varchar) as company,
        cast(null as varchar) as period,
        cast(null as decimal(18, 2)) as expected,
        cast(null as decimal(18, 2)) as actual,
        cast(null as varchar) as documents
    where false
),

-- A check that the seed does not know weighs most: nobody decided that it may break.
weighed as (
    select
        checked.check_name,
        checked.company,
        checked.period,
        checked.expected,
        checked.actual,
        cast(coalesce(checked.actual, 0) - coalesce(checked.expected, 0) as decimal(18, 2)) as difference,
        coalesce(reconciliation_checks.severity, 'stop') as severity,
        checked.documents
    from checked
    left join {{ ref('reconciliation_checks') }} as reconciliation_checks on checked.check_name = reconciliation_checks.check_name
),

reconciliation as (
    select
        check_name,
        company,
        period,
        expected,
        actual,
        difference,
        case when difference <> 0 or documents is not null then 'break' else 'ok' end as status,
        severity,
        documents
    from weighed
)

select * from reconciliation
