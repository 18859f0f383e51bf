{{ config(meta={'made_of': ['payroll_cost']}) }}

with

payroll as (
    select * from {{ ref('payroll_cost') }}
    where not is_deleted
),

rated_payroll as (
    {{ with_rates('payroll', 'payroll_date') }}
),

fct_payroll_cost as (
    select
        {{ surrogate_key(['rated_payroll.source_system', 'rated_payroll.source_id']) }} as payroll_cost_key,
        coalesce(employee.employee_key, -1) as employee_key,
        coalesce(employee.employee_version_key, -1) as employee_version_key,
        rated_payroll.company_key,
        rated_payroll.source_system,
        rated_payroll.source_id,
        rated_payroll.employee_number,
        rated_payroll.cost_center_code,
        rated_payroll.payroll_month,
        rated_payroll.payroll_date,
        rated_payroll.paid_days,
        rated_payroll.document_currency,
        rated_payroll.company_currency,
        rated_payroll.exchange_rate_company,
        rated_payroll.exchange_rate_group,
        rated_payroll.gross_pay_document,
        {{ amount_in('rated_payroll.gross_pay_document', 'rated_payroll.exchange_rate_company') }} as gross_pay_company,
        {{ amount_in('rated_payroll.gross_pay_document', 'rated_payroll.exchange_rate_group') }} as gross_pay_group
    from rated_payroll
    left join {{ ref('dim_employee') }} as employee
        on
            rated_payroll.source_system = employee.source_system
            and rated_payroll.employee_number = employee.employee_number
            and employee.is_employee
            and rated_payroll.payroll_date >= employee.valid_from
            and rated_payroll.payroll_date < employee.valid_to
)

select * from fct_payroll_cost
