{#- Rows with the customer that they name, and the customer as it was on the day in the column `date`: customer_key and
    customer_version_key, -1 where nobody is known by that name. `rows` is a CTE, `record` its column with the source_id of the
    customer's record in the same system. -#}
{% macro with_customer(rows, record, date) -%}
    select
        {{ rows }}.*,
        coalesce(customer.customer_key, -1) as customer_key,
        coalesce(customer_version.customer_version_key, -1) as customer_version_key
    from {{ rows }}
    left join {{ ref('customer_key') }} as customer
        on
            {{ rows }}.source_system = customer.source_system
            and {{ rows }}.{{ record }} = customer.source_id
    left join {{ ref('dim_customer') }} as customer_version
        on
            customer.customer_key = customer_version.customer_key
            and {{ rows }}.{{ date }} >= customer_version.valid_from
            and {{ rows }}.{{ date }} < customer_version.valid_to
{%- endmacro %}
