{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_changed(this, 'cost_place_key', ref('changed_product_cost')) }}",
    meta={'made_of': ['product', 'product_cost_version']},
) }}
-- depends_on: {{ ref('changed_product_cost') }}

with

{%- if is_incremental() %}

changed_product as (
    select distinct
        source_system,
        product_number
    from {{ ref('changed_product_cost') }}
),

product_cost as (
    select * from ({{ product_cost_over_time('changed_product') }}) as cost
    where cost_place_key in (select changed.cost_place_key from {{ ref('changed_product_cost') }} as changed)
)
{%- else %}

product_cost as (
    {{ product_cost_over_time() }}
)
{%- endif %}

select * from product_cost
