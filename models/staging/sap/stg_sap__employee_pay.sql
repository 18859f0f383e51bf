{{ config(materialized='view') }}

with

basic_pay as (
    select * from {{ ref('stg_sap__basic_pay') }}
),

shift as (
    {{ sap_currency_shift() }}
),

employee_pay as (
    select
        basic_pay.source_id,
        basic_pay.employee_number,
        basic_pay.start_date,
        basic_pay.end_date,
        basic_pay.pay_grade_code,
        basic_pay.working_time_rate,
        cast(basic_pay.stored_annual_salary * coalesce(shift.factor, 1) as decimal(18, 2)) as annual_salary_document,
        basic_pay.document_currency,
        basic_pay.extracted_date,
        basic_pay.is_deleted,
        greatest(basic_pay._batch_id, coalesce(shift._batch_id, 0)) as _batch_id
    from basic_pay
    left join shift on basic_pay.document_currency = shift.currency_code
)

select * from employee_pay
