{{ config(materialized='view', meta={'made_of': ['sales_order_line']}) }}

with

-- Units are added up within a product only: pieces and litres have no sum.
product_growth as (
    select
        sales_month,
        product_key,
        cast(sum(units) as double) / nullif(sum(units_last_year), 0) as product_growth
    from {{ ref('year_on_year_month') }}
    where is_continued
    group by sales_month, product_key
),

grown as (
    select
        pair.*,
        cast(pair.units as double) / nullif(pair.units_last_year, 0) as growth,
        product_growth.product_growth
    from {{ ref('year_on_year_month') }} as pair
    left join product_growth on pair.sales_month = product_growth.sales_month and pair.product_key = product_growth.product_key
),

effect as (
    select
        *,
        revenue_group - revenue_group_last_year as change_group,
        case when is_continued then 0 else revenue_group end as new_group,
        case when is_continued then 0 else -revenue_group_last_year end as lost_group,
        case when is_continued then revenue_group - constant_revenue_group else 0 end as currency_group,
        cast(case when is_continued then revenue_group_last_year * (product_growth - 1) else 0 end as decimal(18, 2)) as volume_group,
        cast(case when is_continued then revenue_group_last_year * (growth - product_growth) else 0 end as decimal(18, 2)) as mix_group
    from grown
),

price_volume_mix as (
    select
        sales_month,
        product_key,
        customer_key,
        units,
        units_last_year,
        revenue_group,
        revenue_group_last_year,
        cast(change_group as decimal(18, 2)) as change_group,
        cast(change_group - new_group - lost_group - currency_group - volume_group - mix_group as decimal(18, 2)) as price_group,
        volume_group,
        mix_group,
        cast(new_group as decimal(18, 2)) as new_group,
        cast(lost_group as decimal(18, 2)) as lost_group,
        cast(currency_group as decimal(18, 2)) as currency_group,
        is_continued
    from effect
)

select * from price_volume_mix
