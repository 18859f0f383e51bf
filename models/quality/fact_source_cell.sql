{%- set facts = compared_facts() %}
with

company as (
    select * from {{ ref('dim_company') }}
),

-- By day first: to tell the month of every row costs more than to add it up.
{% for entity, document, year, day, figures, has_company in facts -%}
{%- set of_period = 'day' if day else 'fiscal_year, fiscal_period' -%}
{{ entity }}_total as (
    select
        company_key,
        {{ of_period }},
        sum(case when sign = 1 then 1 + figure_1 + figure_2 + figure_3 else 0 end) as expected,
        sum(sign * {{ fingerprint(['document', 'figure_1', 'figure_2', 'figure_3']) }}) as difference
    from ({{ records_and_facts(entity, document, year, day, figures, has_company) }}) as side
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
