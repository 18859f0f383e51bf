{{ config(materialized='table', meta={'made_of': ['stock_movement', 'stock_balance']}) }}

{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'core', 'fct_stock_level') -%}
{%- set after = after_batch() %}

with

balance as (
    select
        *,
        {{ surrogate_key(['source_system', 'product_number', 'warehouse_code']) }} as stock_place_key
    from {{ ref('stock_balance') }}
),

-- Stock is made anew for each product in a warehouse of which something changed: a movement, or what the ERP says is there.
changed as (
    select stock_place_key from {{ ref('changed_stock_movement') }}

    union

    select stock_place_key from balance
    where _batch_id > {{ after }}
    {%- for relation, column in [
        ('changed_product_key', 'product_number'),
        ('warehouse', 'warehouse_code'),
    ] %}

    union

    select balance.stock_place_key
    from balance
    where {{ looks_up_news('balance', relation, {'source_system': 'source_system', column: column}) }}
    {%- endfor %}

    union

    select balance.stock_place_key
    from balance
    inner join {{ ref('warehouse') }} as warehouse
        on balance.source_system = warehouse.source_system and balance.warehouse_code = warehouse.warehouse_code
    where {{ looks_up_news('warehouse', 'company', {'source_system': 'source_system', 'company_code': 'company_code'}) }}
)

select * from changed
{%- if not before %}
where false
{%- endif %}
