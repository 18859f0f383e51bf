{{ config(materialized='view') }}

{%- set facts = compared_facts() %}
{%- set difference = 'abs(sum(sign)) + abs(sum(sign * figure_1)) + abs(sum(sign * figure_2)) + abs(sum(sign * figure_3))' %}
with

company as (
    select * from {{ ref('dim_company') }}
),

different_cell as (
    select * from {{ ref('fact_source_cell') }}
    where is_different
),

-- Document by document, where anything differs. Of which entities the build remembers (see fact_source_cell): what it knows when the
-- question is planned is not read at all. Who asks later reads all.
document as (
    {%- for entity, document, year, day, figures, has_company in facts %}
    select
        side.company_key,
        different_cell.period_year,
        different_cell.period_month,
        '{{ entity }} ' || coalesce(side.document, '?') as document,
        {{ difference }} as difference
    from ({{ records_and_facts(entity, document, year, day, figures, has_company) }}) as side
    inner join different_cell
        on
            different_cell.entity = '{{ entity }}'
            and side.company_key = different_cell.company_key
            {%- if day %}
            and coalesce(extract(year from side.day), 0) = different_cell.period_year
            and coalesce(extract(month from side.day), 0) = different_cell.period_month
            {%- else %}
            and coalesce(side.fiscal_year, 0) = different_cell.period_year
            and coalesce(side.fiscal_period, 0) = different_cell.period_month
            {%- endif %}
    where coalesce(list_contains(getvariable('different_entities'), '{{ entity }}'), true)
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

total as (
    select
        company_key,
        period_year,
        period_month,
        expected,
        0 as difference,
        cast(null as varchar) as document
    from {{ ref('fact_source_cell') }}

    union all

    select
        company_key,
        period_year,
        period_month,
        0 as expected,
        difference,
        document
    from document
),

-- Records, amounts and quantities are added up whatever their units: what auditors call a hash total. Differences come on top
-- without their signs, so that none hides another.
check_facts_equal_sources as (
    select
        'facts_equal_sources' as check_name,
        case when total.company_key <> 0 then coalesce(company.company_code, 'unknown') end as company,
        case when total.period_year <> 0 then {{ period_text('total.period_year', 'total.period_month') }} else 'unknown' end as period,
        cast(sum(total.expected) as decimal(18, 2)) as expected,
        cast(sum(total.expected + total.difference) as decimal(18, 2)) as actual,
        {{ list_text('total.document', 'total.difference <> 0') }} as documents
    from total
    left join company on total.company_key = company.company_key
    group by total.company_key, company.company_code, total.period_year, total.period_month
)

select * from check_facts_equal_sources
