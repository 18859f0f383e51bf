{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'TCURR'), ['KURST', 'FCURR', 'TCURR', 'GDATU']) }}
),

-- The day is written as 99999999 minus YYYYMMDD. A negative rate is the other way round: so many FCURR for one TCURR.
exchange_rate as (
    select
        concat_ws('/', kurst, fcurr, tcurr, gdatu) as source_id,
        case kurst when 'M' then 'daily' when 'AVG' then 'average' else kurst end as rate_type,
        fcurr as from_currency,
        tcurr as to_currency,
        {{ date_from_digits('99999999 - try_cast(gdatu as bigint)') }} as valid_from,
        cast(
            case when ukurs >= 0 then ukurs * tfact / nullif(ffact, 0) else tfact / (-ukurs * nullif(ffact, 0)) end
            as decimal(18, 9)
        ) as exchange_rate,
        cast(_extracted_at as date) as extracted_date,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from exchange_rate
