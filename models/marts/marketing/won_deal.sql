{{ config(meta={'made_of': ['opportunity']}) }}

with

deal as (
    select * from {{ ref('fct_opportunity') }}
    where is_won
),

line as (
    select
        line.source_system,
        deal.opportunity_key,
        line.product_number,
        line.quantity,
        line.net_amount_document,
        deal.won_date
    from {{ ref('opportunity_line') }} as line
    inner join deal
        on line.source_system = deal.source_system and line.opportunity_source_id = deal.source_id
    where not line.is_deleted
),

known_line as (
    {{ with_product_system('line') }}
),

product_line as (
    {{ with_product('known_line', 'won_date', system='product_system') }}
),

-- Cost is in group currency, so that the lines' value has to be brought to it at the deal's rate.
cost as (
    select
        line.opportunity_key,
        sum(line.quantity * cost.unit_cost_group) as cost_group,
        sum(line.net_amount_document * deal.exchange_rate_group) filter (where cost.unit_cost_group is not null)
            as costed_amount_group
    from product_line as line
    inner join deal on line.opportunity_key = deal.opportunity_key
    left join {{ ref('dim_product_cost') }} as cost
        on
            line.product_key = cost.product_key
            and line.won_date >= cost.valid_from
            and line.won_date < cost.valid_to
    group by line.opportunity_key
),

won_deal as (
    select
        deal.opportunity_key,
        deal.customer_key,
        deal.company_key,
        deal.campaign_key as primary_campaign_key,
        deal.source_system,
        deal.source_id,
        deal.opportunity_type,
        deal.lead_source,
        deal.created_date,
        deal.won_date,
        cast(date_trunc('month', deal.won_date) as date) as won_month,
        deal.amount_group,
        cast(deal.amount_group * (1 - cost.cost_group / nullif(cost.costed_amount_group, 0)) as decimal(18, 2)) as margin_group
    from deal
    left join cost on deal.opportunity_key = cost.opportunity_key
)

select * from won_deal
