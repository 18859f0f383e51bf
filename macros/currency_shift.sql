{#- By how much an amount that SAP stores is shifted, for currencies that have not two decimals: a stored JPY 1.30 is 130. -#}
{% macro currency_shift() -%}
    select
        currency_code,
        case when not is_deleted then cast(power(10, 2 - decimals) as decimal(9, 3)) end as factor,
        _batch_id
    from {{ ref('stg_sap__currency_decimals') }}
{%- endmacro %}
