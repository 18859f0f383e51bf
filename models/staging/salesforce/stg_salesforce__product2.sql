{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'Product2'), ['Id']) }}
),

-- The code is the number of the material in the ERP, with or without the zeros in front.
product2 as (
    select
        id as source_id,
        case
            when translate(productcode, '0123456789', '') = '' then trim(leading '0' from productcode)
            else {{ clean_text('productcode') }}
        end as product_number,
        {{ clean_text('name') }} as product_name,
        {{ clean_text('family') }} as product_family,
        coalesce(isactive, false) as is_active,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from product2
