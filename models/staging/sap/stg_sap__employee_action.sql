{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'PA0000'), ['PERNR', 'BEGDA', 'SEQNR']) }}
),

-- The kinds of action (MASSN) are each company's own; the status of the employment (STAT2) is SAP's.
employee_action as (
    select
        concat_ws('/', pernr, begda, seqnr) as source_id,
        trim(leading '0' from pernr) as employee_number,
        {{ date_from_digits('begda') }} as change_date,
        {{ date_from_digits('endda') }} as last_date,
        seqnr as sequence_number,
        {{ clean_text('massn') }} as action_code,
        {{ clean_text('massg') }} as reason_code,
        case stat2 when '3' then 'active' when '2' then 'retired' when '1' then 'paused' else 'left' end as employment_status,
        cast(_extracted_at as date) as extracted_date,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from employee_action
