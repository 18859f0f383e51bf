{#- The living records of an entity (sign 1), out of the CTE <entity>_record, and the rows of its fact (sign -1), for comparison:
    company_key (0 without `has_company`); period_year and period_month, of the date `day` (0 where it is missing), or the fiscal
    period without `day`; document, the column `document` with that of its `year` where numbers begin anew; and figure_1 to
    figure_3, the expressions in `figures` (0 where there are fewer). Of two expressions the second one is for the fact. -#}
{% macro records_and_facts(entity, document, year, day, figures, has_company) -%}
    {%- for relation in [entity ~ '_record', ref('fct_' ~ entity)] %}
    {%- set is_fact = loop.last %}
    select
        {{ 'company_key' if has_company else 'cast(0 as bigint)' }} as company_key,
        {{ 'coalesce(extract(year from ' ~ day ~ '), 0)' if day else 'fiscal_year' }} as period_year,
        {{ 'coalesce(extract(month from ' ~ day ~ '), 0)' if day else 'fiscal_period' }} as period_month,
        {{ "concat_ws('/', " ~ document ~ ', ' ~ year ~ ')' if year else 'cast(' ~ document ~ ' as varchar)' }} as document,
        {%- for number in range(3) %}
        {%- set figure = figures[number] | default('0') %}
        coalesce({{ figure if figure is string else figure[1 if is_fact else 0] }}, 0) as figure_{{ number + 1 }},
        {%- endfor %}
        {{ -1 if is_fact else 1 }} as sign
    from {{ relation }}
    {{ 'union all' if not is_fact }}
    {%- endfor %}
{%- endmacro %}
