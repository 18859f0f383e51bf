{#- What is better is larger in all three: the day of the last order, the orders, their value. -#}
{%- set measures = {'recency': 'last_order_date', 'frequency': 'window_orders', 'monetary': 'window_revenue_group'} -%}

with

{%- for measure, column in measures.items() %}

{{ measure }}_value as (
    select
        rfm_month,
        {{ column }} as value,
        count(*) as customers
    from {{ ref('customer_rfm_month') }}
    group by rfm_month, {{ column }}
),

{{ measure }}_place as (
    select
        rfm_month,
        value,
        2 * sum(customers) over (partition by rfm_month order by value) - customers as twice_the_middle_place,
        2 * sum(customers) over (partition by rfm_month) as twice_all
    from {{ measure }}_value
),

{{ measure }} as (
    select
        {%- for fifth in range(2, 6) %}
        min(value) filter (where 5 * twice_the_middle_place >= {{ fifth - 1 }} * twice_all)
            as {{ measure }}_{{ fifth }}_from,
        {%- endfor %}
        rfm_month
    from {{ measure }}_place
    group by rfm_month
),

{%- endfor %}

rfm_fifth_month as (
    select
        {%- for measure in measures %}
        {%- for fifth in range(2, 6) %}
        {{ measure }}.{{ measure }}_{{ fifth }}_from,
        {%- endfor %}
        {%- endfor %}
        recency.rfm_month
    from recency
    inner join frequency on recency.rfm_month = frequency.rfm_month
    inner join monetary on recency.rfm_month = monetary.rfm_month
)

select * from rfm_fifth_month
