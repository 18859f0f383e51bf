{{ config(materialized='table', meta={'made_of': ['exchange_rate']}) }}

with

rate as (
    select
        *,
        max(_batch_id) over (partition by from_currency, valid_from) as touched_batch_id
    from {{ ref('exchange_rate') }}
    where rate_type = 'daily' and to_currency = '{{ var("group_currency") }}' and valid_from is not null
),

-- Where several systems say what a currency was worth on a day, one of them is believed.
daily_rate as (
    {{ latest_by('rate', ['from_currency', 'valid_from'], ['is_deleted', 'source_system', 'source_id']) }}
),

fixing as (
    select
        *,
        count(*) filter (where not is_deleted) over (partition by from_currency order by valid_from) as living_rates
    from daily_rate
),

-- A rate holds until the next one. A rate that is gone leaves its days to the one before; what it touched is remembered.
holding_rate as (
    select
        from_currency,
        valid_from,
        max(case when not is_deleted then exchange_rate end) over (
            partition by from_currency, living_rates
        ) as exchange_rate,
        max(touched_batch_id) over (partition by from_currency, living_rates order by valid_from) as _batch_id,
        lead(valid_from) over (partition by from_currency order by valid_from) as next_from
    from fixing
),

-- The days of a currency end a while after its own latest rate: news of another currency must not bring days to it.
bounds as (
    select
        min(valid_from) as first_day,
        max(valid_from) + {{ var('rate_holds_days') }} as last_day
    from daily_rate
),

calendar as (
    {{ days_between('bounds', 'first_day', 'last_day') }}
),

exchange_rate_day as (
    select
        holding_rate.from_currency,
        calendar.day as rate_date,
        holding_rate.exchange_rate,
        holding_rate._batch_id
    from holding_rate
    inner join calendar
        on
            holding_rate.valid_from <= calendar.day
            and coalesce(holding_rate.next_from, holding_rate.valid_from + {{ var('rate_holds_days') }} + 1) > calendar.day
)

select * from exchange_rate_day
