{{ config(
    post_hook="set variable different_entities = (select coalesce(list(distinct entity), []) from {{ this }} where is_different)"
) }}

{%- set facts = compared_facts() %}
with

company as (
    select * from {{ ref('dim_company') }}
),

-- By day first: to tell the month of every row costs more than to add it up; and each side on its own, for there are few days.
{% for entity, document, year, day, figures, has_company in facts -%}
{%- set of_period = 'day' if day else 'fiscal_year, fiscal_period' -%}
{{ entity }}_side as (
    {%- for sign in [1, -1] %}
    select
        company_key,
        {{ of_period }},
        {{ 'count(*) + sum(figure_1) + sum(figure_2) + sum(figure_3)' if sign == 1 else '0' }} as expected,
        {{ sign }} * sum({{ fingerprint(['document', 'figure_1', 'figure_2', 'figure_3']) }}) as difference
    from ({{ records_and_facts(entity, document, year, day, figures, has_company, signs=[sign]) }}) as side
    group by company_key, {{ of_period }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

{{ entity }}_total as (
    select
        company_key,
        {{ of_period }},
        sum(expected) as expected,
        sum(difference) as difference
    from {{ entity }}_side
    group by company_key, {{ of_period }}
),

{% endfor -%}
fact_source_cell as (
    {%- for entity, document, year, day, figures, has_company in facts %}
    select
        '{{ entity }}' as entity,
        company_key,
        cast({{ 'coalesce(extract(year from day), 0)' if day else 'coalesce(fiscal_year, 0)' }} as integer) as period_year,
        cast({{ 'coalesce(extract(month from day), 0)' if day else 'coalesce(fiscal_period, 0)' }} as integer) as period_month,
        cast(sum(expected) as decimal(38, 3)) as expected,
        sum(abs(difference)) <> 0 as is_different
    from {{ entity }}_total
    group by all
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from fact_source_cell
