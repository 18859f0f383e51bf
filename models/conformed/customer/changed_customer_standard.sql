{#- What was compared before this build: read by name and not by ref, because that table is built after this one. -#}
{%- set before = none if flags.FULL_REFRESH else adapter.get_relation(target.database, 'conformed', 'customer_standard') -%}

{{ config(materialized='table') }}

with

{%- if before %}

changed_customer_standard as (
    select
        coalesce(matchable.id, before.id) as id,
        before.block_keys
    from {{ ref('customer_matchable') }} as matchable
    full join {{ before }} as before on matchable.id = before.id
    where
        matchable.id is null
        or before.id is null
        or matchable._batch_id > {{ after_batch() }}
)
{%- else %}

changed_customer_standard as (
    select
        id,
        cast(null as ubigint[]) as block_keys
    from {{ ref('customer_matchable') }}
    where false
)
{%- endif %}

select * from changed_customer_standard
