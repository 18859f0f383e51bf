{#- The costs as they were before this build: read by name and not by ref, because that table is built after this one. -#}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'conformed', 'product_cost') -%}
{%- set after = after_batch() -%}

{{ config(materialized='table', meta={'made_of': ['product', 'product_cost_version']}) }}
-- depends_on: {{ ref('product_cost_version') }}
-- depends_on: {{ ref('product_history') }}
-- depends_on: {{ ref('warehouse') }}
-- depends_on: {{ ref('company') }}
-- depends_on: {{ ref('currency_decimals') }}

with

{%- if before %}

cost_before as (
    select * from {{ before }}
),

-- Warehouses and companies are few: the news of one concern the costs of all.
news_of_places as (
    select count(*) > 0 as are_there
    from (
        select _batch_id from {{ ref('warehouse') }}

        union all

        select _batch_id from {{ ref('company') }}

        union all

        select _batch_id from {{ ref('currency_decimals') }}
    ) as place
    where _batch_id > {{ after }}
),

touched_product as (
    select
        source_system,
        product_number
    from {{ ref('product_cost_version') }}
    where _batch_id > {{ after }} or (select news.are_there from news_of_places as news)

    union

    select
        source_system,
        product_number
    from {{ ref('product_history') }}
    where unit_cost_group is not null

    union

    select
        source_system,
        product_number
    from cost_before
    where warehouse_code is null or (select news.are_there from news_of_places as news)
),

cost_now as (
    {{ product_cost_over_time('touched_product') }}
),

touched_cost_before as (
    select cost_before.*
    from cost_before
    inner join touched_product
        on
            cost_before.source_system = touched_product.source_system
            and cost_before.product_number = touched_product.product_number
),

-- A cost that is new takes days from the one before it, a cost that is gone gives them back: its days tell which.
changed_product_cost as (
    select
        coalesce(cost_now.cost_place_key, cost_before.cost_place_key) as cost_place_key,
        coalesce(cost_now.source_system, cost_before.source_system) as source_system,
        coalesce(cost_now.product_number, cost_before.product_number) as product_number,
        coalesce(cost_now.valid_from, cost_before.valid_from) as valid_from,
        coalesce(cost_now.valid_to, cost_before.valid_to) as valid_to,
        build.after_batch_id + 1 as _batch_id
    from cost_now
    full join touched_cost_before as cost_before
        on
            cost_now.product_cost_key = cost_before.product_cost_key
            and cost_now.unit_cost_company is not distinct from cost_before.unit_cost_company
            and cost_now.company_currency is not distinct from cost_before.company_currency
            and cost_now.known_from = cost_before.known_from
    cross join {{ source('control', 'build') }} as build
    where cost_now.product_cost_key is null or cost_before.product_cost_key is null
)
{%- else %}

changed_product_cost as (
    select
        cast(null as bigint) as cost_place_key,
        cast(null as varchar) as source_system,
        cast(null as varchar) as product_number,
        cast(null as date) as valid_from,
        cast(null as date) as valid_to,
        cast(null as integer) as _batch_id
    from {{ ref('product_history') }}
    where false
)
{%- endif %}

select * from changed_product_cost
