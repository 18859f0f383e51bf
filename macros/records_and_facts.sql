{#- The living records of an entity (sign 1) and the rows of its fact (sign -1), for comparison: company_key (0 without
    `has_company`); what they count for, which is the date `day`, or without one fiscal_year and fiscal_period; document, the column
    `document` with that of its `year` where numbers begin anew; and figure_1 to figure_3, the expressions in `figures` (0 where
    there are fewer). Of two expressions the second one is for the fact. Companies are looked up in the CTE company. `signs` names the
    side where only one is wanted. -#}
{% macro records_and_facts(entity, document, year, day, figures, has_company, signs=[1, -1]) -%}
    {%- for sign in signs %}
    select
        {{ 'company_key' if has_company else 'cast(0 as bigint) as company_key' }},
        {%- if day %}
        cast({{ day }} as date) as day,
        {%- else %}
        fiscal_year,
        fiscal_period,
        {%- endif %}
        {{ "concat_ws('/', " ~ document ~ ', ' ~ year ~ ')' if year else 'cast(' ~ document ~ ' as varchar)' }} as document,
        {%- for number in range(3) %}
        {%- set figure = figures[number] | default('0') %}
        coalesce({{ figure if figure is string else figure[0 if sign == 1 else 1] }}, 0) as figure_{{ number + 1 }},
        {%- endfor %}
        {{ sign }} as sign
    {%- if sign == -1 %}
    from {{ ref('fct_' ~ entity) }}
    {%- elif not has_company %}
    from {{ ref(entity) }}
    where not is_deleted
    {%- else %}
    from (
        select
            entity.*,
            {{ "coalesce(company.company_currency, '" ~ var('group_currency') ~ "') as company_currency," if entity == 'stock_movement' }}
            coalesce(company.company_key, -1) as company_key
        from {{ ref(entity) }} as entity
        left join company on entity.source_system = company.source_system and entity.company_code = company.company_code
        where not entity.is_deleted
    ) as record
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
