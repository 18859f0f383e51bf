{{ config(materialized='view') }}

with

customer as (
    select
        customer_key,
        customer_number,
        customer_name,
        industry
    from {{ ref('dim_customer') }}
    where is_current
),

product as (
    select
        product_key,
        product_number,
        product_name,
        category_name
    from {{ ref('dim_product') }}
    where is_current
),

margin_month as (
    select
        margin.invoice_month,
        margin.company_key,
        company.company_code,
        company.company_name,
        margin.customer_key,
        customer.customer_number,
        customer.customer_name,
        customer.industry,
        margin.country_code,
        coalesce(country.country_name, 'Unknown') as country_name,
        margin.product_key,
        product.product_number,
        product.product_name,
        product.category_name,
        margin.invoice_lines,
        margin.quantity,
        margin.revenue_amount_group,
        margin.costed_revenue_amount_group,
        margin.cost_amount_group,
        cast(margin.costed_revenue_amount_group - margin.cost_amount_group as decimal(18, 2)) as margin_amount_group,
        cast(margin.costed_revenue_amount_group - margin.cost_amount_group as double)
        / nullif(cast(margin.costed_revenue_amount_group as double), 0) as margin_rate
    from {{ ref('margin_month_key') }} as margin
    inner join {{ ref('dim_company') }} as company on margin.company_key = company.company_key
    left join customer on margin.customer_key = customer.customer_key
    left join product on margin.product_key = product.product_key
    left join {{ ref('countries') }} as country on margin.country_code = country.country_code
)

select * from margin_month
