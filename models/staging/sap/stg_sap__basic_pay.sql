{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'PA0008'), ['PERNR', 'BEGDA']) }}
),

basic_pay as (
    select
        concat_ws('/', pernr, begda) as source_id,
        trim(leading '0' from pernr) as employee_number,
        {{ date_from_digits('begda') }} as start_date,
        {{ date_from_digits('endda') }} as end_date,
        {{ clean_text('trfgr') }} as pay_grade_code,
        cast(bsgrd / 100 as decimal(9, 4)) as working_time_rate,
        ansal as stored_annual_salary,
        {{ clean_text('waers') }} as document_currency,
        cast(_extracted_at as date) as extracted_date,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from basic_pay
