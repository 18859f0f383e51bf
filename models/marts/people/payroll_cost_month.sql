{{ config(meta={'made_of': ['payroll_cost']}) }}

with

center_pay as (
    select
        pay.payroll_month,
        pay.company_key,
        coalesce(pay.cost_center_code, 'Unknown') as cost_center_code,
        max(case when company.is_suppressed then 1 else 0 end) as is_company_hidden,
        count(distinct concat_ws('|', pay.source_system, pay.employee_number)) as paid_people,
        sum(pay.gross_pay_company) as gross_pay_company,
        sum(pay.gross_pay_group) as gross_pay_group
    from {{ ref('fct_payroll_cost') }} as pay
    inner join {{ ref('payroll_company_month') }} as company
        on pay.payroll_month = company.payroll_month and pay.company_key = company.company_key
    where pay.gross_pay_document <> 0
    group by pay.payroll_month, pay.company_key, coalesce(pay.cost_center_code, 'Unknown')
),

judged_center as (
    {{ with_suppression(
        'center_pay', 'paid_people', ['payroll_month', 'company_key'], ['cost_center_code'], is_whole_hidden='is_company_hidden = 1'
    ) }}
),

payroll_cost_month as (
    select
        judged.payroll_month,
        judged.company_key,
        company.company_code,
        judged.cost_center_code,
        center.cost_center_name,
        company.company_currency,
        judged.paid_people,
        judged.is_suppressed,
        case when not judged.is_suppressed then cast(judged.gross_pay_company as decimal(18, 2)) end as gross_pay_company,
        case when not judged.is_suppressed then cast(judged.gross_pay_group as decimal(18, 2)) end as gross_pay_group,
        case when not judged.is_suppressed then cast(judged.gross_pay_group as double) / judged.paid_people end as average_pay_group
    from judged_center as judged
    inner join {{ ref('dim_company') }} as company on judged.company_key = company.company_key
    left join {{ ref('dim_cost_center') }} as center
        on
            company.source_system = center.source_system
            and judged.cost_center_code = center.cost_center_code
            and center.is_current
)

select * from payroll_cost_month
