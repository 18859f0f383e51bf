{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'MARC'), ['MATNR', 'WERKS']) }}
),

-- E is made in house, F is bought, X can be both.
replenishment_setting as (
    select
        concat_ws('/', matnr, werks) as source_id,
        {{ unpadded('matnr') }} as product_number,
        werks as warehouse_code,
        case beskz when 'E' then 'made' when 'F' then 'bought' when 'X' then 'both' end as procurement_type,
        plifz as planned_delivery_days,
        minbe as reorder_point_quantity,
        eisbe as safety_stock_quantity,
        bstmi as minimum_lot_quantity,
        coalesce({{ clean_text('lvorm') }} is not null, false) as is_discontinued,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from replenishment_setting
