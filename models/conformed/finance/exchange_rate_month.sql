{{ config(materialized='table', meta={'made_of': ['exchange_rate']}) }}

with

day_rate as (
    select
        from_currency,
        cast(date_trunc('month', rate_date) as date) as rate_month,
        rate_date,
        exchange_rate
    from {{ ref('exchange_rate_day') }}
    where exchange_rate is not null
),

-- The rate of the last day of the month that has one, and the mean of all its days, weekends and holidays too.
from_days as (
    select
        from_currency,
        rate_month,
        max_by(exchange_rate, rate_date) as closing_rate,
        cast(avg(cast(exchange_rate as double)) as decimal(18, 9)) as mean_rate
    from day_rate
    group by from_currency, rate_month
),

average as (
    select
        *,
        cast(date_trunc('month', valid_from) as date) as rate_month
    from {{ ref('exchange_rate') }}
    where
        rate_type = 'average'
        and to_currency = '{{ var("group_currency") }}'
        and valid_from is not null
        and not is_deleted
),

-- Where several systems, or several days of a month, say its average, one of them is believed.
said_average as (
    {{ latest_by('average', ['from_currency', 'rate_month'], ['source_system', 'valid_from desc', 'source_id']) }}
),

foreign_month as (
    select
        from_days.from_currency,
        from_days.rate_month,
        coalesce(said_average.exchange_rate, from_days.mean_rate) as average_rate,
        from_days.closing_rate,
        said_average.exchange_rate is not null as is_average_from_source
    from from_days
    left join said_average
        on from_days.from_currency = said_average.from_currency and from_days.rate_month = said_average.rate_month
    where from_days.from_currency <> '{{ var("group_currency") }}'
),

group_month as (
    select distinct
        '{{ var("group_currency") }}' as from_currency,
        rate_month,
        cast(1 as decimal(18, 9)) as average_rate,
        cast(1 as decimal(18, 9)) as closing_rate,
        false as is_average_from_source
    from from_days
),

exchange_rate_month as (
    select * from foreign_month

    union all

    select * from group_month
)

select * from exchange_rate_month
