{{ config(meta={'made_of': ['opportunity']}) }}

with

customer_pipeline as (
    select
        deal.customer_key,
        count(*) filter (where not deal.is_closed) as open_opportunities,
        cast(coalesce(sum(deal.amount_group) filter (where not deal.is_closed), 0) as decimal(18, 2)) as pipeline_amount_group,
        cast(coalesce(sum(deal.expected_amount_group) filter (where not deal.is_closed), 0) as decimal(18, 2))
            as pipeline_expected_amount_group,
        min(deal.close_date) filter (where not deal.is_closed) as next_close_date,
        count(*) filter (where deal.is_won) as won_opportunities,
        count(*) filter (where deal.is_closed and not deal.is_won) as lost_opportunities,
        cast(coalesce(sum(deal.amount_group) filter (where deal.is_won), 0) as decimal(18, 2)) as won_amount_group,
        cast(count(*) filter (where deal.is_won) as double) / nullif(count(*) filter (where deal.is_closed), 0) as won_rate
    from {{ ref('fct_opportunity') }} as deal
    group by deal.customer_key
)

select * from customer_pipeline
