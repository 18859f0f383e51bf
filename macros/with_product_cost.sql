{#- Rows with what one unit of their product cost on the day in the column `date`: unit_cost, in the currency of the company whose
    warehouse values it, and unit_cost_rate_group, how much of the group's currency one unit of that was worth on the day; null
    where nobody knows it. The cost is that of the row's warehouse, or else the one that holds for all warehouses.
    `rows` is a CTE with source_system, product_number and warehouse_code. -#}
{% macro with_product_cost(rows, date) -%}
    select
        costed.*,
        {{ rate_to_group('costed.unit_cost_currency', 'cost_rate.exchange_rate') }} as unit_cost_rate_group
    from (
        select
            {{ rows }}.*,
            coalesce(cost_here.unit_cost_company, cost_anywhere.unit_cost_company) as unit_cost,
            case
                when cost_here.unit_cost_company is not null then cost_here.company_currency
                else cost_anywhere.company_currency
            end as unit_cost_currency
        from {{ rows }}
        {%- for cost, place in [
            ('cost_here', 'cost_here.warehouse_code = ' ~ rows ~ '.warehouse_code'),
            ('cost_anywhere', 'cost_anywhere.warehouse_code is null'),
        ] %}
        left join {{ ref('product_cost') }} as {{ cost }}
            on
                {{ rows }}.source_system = {{ cost }}.source_system
                and {{ rows }}.product_number = {{ cost }}.product_number
                and {{ place }}
                and {{ rows }}.{{ date }} >= {{ cost }}.valid_from
                and {{ rows }}.{{ date }} < {{ cost }}.valid_to
        {%- endfor %}
    ) as costed
    left join {{ ref('exchange_rate_day') }} as cost_rate
        on costed.unit_cost_currency = cost_rate.from_currency and costed.{{ date }} = cost_rate.rate_date
{%- endmacro %}
