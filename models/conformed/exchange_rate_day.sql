{{ config(materialized='table') }}

with

daily_rate as (
    select * from {{ ref('exchange_rate') }}
    where rate_type = 'daily' and to_currency = '{{ var("group_currency") }}' and valid_from is not null
),

-- A rate holds until the next one. A rate that is gone leaves its days to the one before; what it touched is remembered.
holding_rate as (
    select
        source_system,
        from_currency,
        valid_from,
        last_value(case when not is_deleted then exchange_rate end ignore nulls) over (
            partition by source_system, from_currency order by valid_from
        ) as exchange_rate,
        max(_batch_id) over (partition by source_system, from_currency order by valid_from) as _batch_id,
        lead(valid_from) over (partition by source_system, from_currency order by valid_from) as next_from
    from daily_rate
),

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
        holding_rate.source_system,
        holding_rate.from_currency,
        calendar.day as rate_date,
        holding_rate.exchange_rate,
        holding_rate._batch_id
    from holding_rate
    inner join calendar
        on
            holding_rate.valid_from <= calendar.day
            and (holding_rate.next_from > calendar.day or holding_rate.next_from is null)
)

select * from exchange_rate_day
