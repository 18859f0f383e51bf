{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_crm', 'prd_info'), ['prd_id']) }}
),

-- The extract writes the category in front of the product number: CO-RF-FR-R92B-58 is FR-R92B-58 of category CO_RF.
product as (
    select
        cast(prd_id as varchar) as source_id,
        substr(trim(prd_key), 7) as product_number,
        {{ clean_text('prd_nm') }} as product_name,
        replace(substr(trim(prd_key), 1, 5), '-', '_') as category_code,
        case upper(trim(prd_line))
            when 'M' then 'Mountain'
            when 'R' then 'Road'
            when 'S' then 'Other sales'
            when 'T' then 'Touring'
        end as product_line,
        cast(prd_cost as decimal(18, 6)) as unit_cost_group,
        prd_start_dt as start_date,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from product
