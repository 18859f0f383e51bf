{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_crm', 'sales_details'), ['sls_ord_num', 'sls_prd_key']) }}
),

-- A price is never negative here; its sign is a slip of the keyboard.
read as (
    select
        *,
        {{ date_from_digits('sls_order_dt') }} as written_order_date,
        {{ date_from_digits('sls_ship_dt') }} as ship_date,
        {{ date_from_digits('sls_due_dt') }} as due_date,
        nullif(abs(sls_price), 0) as written_price,
        coalesce(sls_sales = sls_quantity * sls_price and sls_sales > 0, false) as is_consistent
    from latest
),

-- Quantity × price wins over the amount; where there is no price, the amount tells it.
repaired as (
    select
        *,
        coalesce(written_price, abs(sls_sales) / nullif(sls_quantity, 0)) as unit_price
    from read
),

sales_order_line as (
    select
        concat_ws('/', sls_ord_num, sls_prd_key) as source_id,
        sls_ord_num as order_number,
        sls_prd_key as line_number,
        cast(sls_cust_id as varchar) as customer_source_id,
        sls_prd_key as product_number,
        coalesce(written_order_date, ship_date, due_date) as order_date,
        ship_date,
        due_date,
        cast(sls_quantity as decimal(18, 3)) as quantity,
        cast(unit_price as decimal(18, 6)) as unit_price_document,
        cast(round(sls_quantity * unit_price, 2) as decimal(18, 2)) as net_amount_document,
        '{{ var("group_currency") }}' as document_currency,
        written_order_date is null as is_order_date_estimated,
        not is_consistent as is_amount_corrected,
        _op = 'delete' as is_deleted,
        _batch_id
    from repaired
)

select * from sales_order_line
