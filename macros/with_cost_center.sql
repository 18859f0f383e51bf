{#- Rows with the cost center that they name, as it was on the day in the column `date`: cost_center_key and
    cost_center_version_key, -1 where nobody knows it. `rows` is a CTE with source_system, company_code and cost_center_code. -#}
{% macro with_cost_center(rows, date) -%}
    select
        {{ rows }}.*,
        coalesce(cost_center.cost_center_key, -1) as cost_center_key,
        coalesce(cost_center.cost_center_version_key, -1) as cost_center_version_key
    from {{ rows }}
    left join {{ ref('dim_cost_center') }} as cost_center
        on
            {{ rows }}.source_system = cost_center.source_system
            and {{ rows }}.company_code = cost_center.company_code
            and {{ rows }}.cost_center_code = cost_center.cost_center_code
            and {{ rows }}.{{ date }} >= cost_center.valid_from
            and {{ rows }}.{{ date }} < cost_center.valid_to
{%- endmacro %}
