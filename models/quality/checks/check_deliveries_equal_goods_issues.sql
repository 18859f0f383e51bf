{{ config(materialized='view') }}

with

-- What comes back is delivered less.
delivery as (
    select
        delivery_line_key,
        company_key,
        delivery_number as document,
        delivery_date as document_date,
        quantity
    from {{ ref('fct_delivery_line') }}
    where is_issued

    union all

    select
        return_line_key as delivery_line_key,
        company_key,
        return_number as document,
        return_date as document_date,
        -quantity as quantity
    from {{ ref('fct_return_line') }}
),

movement as (
    select
        delivery_line_key,
        company_key,
        min(concat_ws('/', document_number, fiscal_year)) as document,
        min(posting_date) as document_date,
        -sum(quantity) as quantity
    from {{ ref('fct_stock_movement') }}
    where movement_kind in ('sale', 'customer_return')
    group by delivery_line_key, company_key, case when delivery_line_key is null then stock_movement_key end
),

line as (
    select
        coalesce(delivery.company_key, movement.company_key) as company_key,
        date_trunc('month', coalesce(delivery.document_date, movement.document_date)) as document_month,
        coalesce(delivery.document, movement.document) as document,
        coalesce(delivery.quantity, 0) as expected,
        coalesce(movement.quantity, 0) as actual
    from delivery
    full join movement on delivery.delivery_line_key = movement.delivery_line_key
),

check_deliveries_equal_goods_issues as (
    select
        'deliveries_equal_goods_issues' as check_name,
        coalesce(company.company_code, 'unknown') as company,
        {{ month_text('line.document_month') }} as period,
        cast(sum(line.expected) as decimal(18, 2)) as expected,
        cast(sum(line.actual) as decimal(18, 2)) as actual,
        {{ list_text('line.document', 'line.expected <> line.actual') }} as documents
    from line
    left join {{ ref('dim_company') }} as company on line.company_key = company.company_key
    group by line.company_key, company.company_code, line.document_month
)

select * from check_deliveries_equal_goods_issues
