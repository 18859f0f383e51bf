{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'PA0001'), ['PERNR', 'BEGDA']) }}
),

employee as (
    select
        concat_ws('/', pernr, begda) as source_id,
        trim(leading '0' from pernr) as employee_number,
        coalesce({{ clean_text('ename') }}, {{ clean_text('sname') }}) as employee_name,
        {{ date_from_digits('begda') }} as start_date,
        {{ date_from_digits('endda') }} as end_date,
        {{ clean_text('bukrs') }} as company_code,
        {{ clean_text('werks') }} as personnel_area_code,
        trim(leading '0' from {{ clean_text('kostl') }}) as cost_center_code,
        trim(leading '0' from {{ clean_text('orgeh') }}) as organizational_unit_code,
        trim(leading '0' from {{ clean_text('plans') }}) as position_code,
        trim(leading '0' from {{ clean_text('stell') }}) as job_code,
        {{ clean_text('persg') }} as employee_group_code,
        {{ clean_text('persk') }} as employee_subgroup_code,
        cast(_extracted_at as date) as extracted_date,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from employee
