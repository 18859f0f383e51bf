{{ config(meta={'made_of': ['journal_line']}) }}

with

freight as (
    select
        line.company_key,
        cast(date_trunc('month', line.posting_date) as date) as profit_month,
        cast(sum(line.amount_group) as decimal(18, 2)) as freight_group
    from {{ ref('fct_journal_line') }} as line
    inner join {{ ref('dim_account') }} as account on line.account_key = account.account_key
    where account.line_code = 'freight'
    group by line.company_key, date_trunc('month', line.posting_date)
),

shipped as (
    select
        company_key,
        cast(date_trunc('month', delivery_date) as date) as profit_month,
        customer_key,
        count(distinct delivery_number) as deliveries
    from {{ ref('fct_delivery_line') }}
    where is_issued
    group by company_key, date_trunc('month', delivery_date), customer_key
),

-- Freight of a company and month is shared by the deliveries of that company and month; where there were none it is nobody's.
shared as (
    select
        freight.company_key,
        freight.profit_month,
        coalesce(shipped.customer_key, -1) as customer_key,
        coalesce(shipped.deliveries, 0) as deliveries,
        freight.freight_group,
        cast(
            freight.freight_group * coalesce(
                shipped.deliveries / cast(
                    sum(shipped.deliveries) over (partition by freight.company_key, freight.profit_month) as double
                ), 1
            ) as decimal(18, 2)
        ) as part_group,
        row_number() over (
            partition by freight.company_key, freight.profit_month
            order by shipped.deliveries desc, shipped.customer_key asc
        ) as place
    from freight
    left join shipped on freight.company_key = shipped.company_key and freight.profit_month = shipped.profit_month
),

-- What rounding leaves over is the largest one's.
customer_freight_month as (
    select
        company_key,
        profit_month,
        customer_key,
        deliveries,
        cast(
            case
                when place = 1
                    then part_group + freight_group - sum(part_group) over (partition by company_key, profit_month)
                else part_group
            end as decimal(18, 2)
        ) as freight_group
    from shared
)

select * from customer_freight_month
