{#- By what stored amounts are multiplied (see unshifted): a row a currency that has not two decimals. One that is gone has no
    factor, and is there to say so. -#}
{% macro sap_currency_shift() -%}
    select
        currency_code,
        case when not is_deleted then cast(power(10, 2 - decimals) as decimal(9, 3)) end as factor,
        _batch_id
    from {{ ref('stg_sap__currency_decimals') }}
{%- endmacro %}

{#- The same as a relation to be joined under a name, for views: see inlined. -#}
{% macro sap_currency_shift_as(name) -%}
    ({{ sap_currency_shift() }}) as {{ name }}
{%- endmacro %}
