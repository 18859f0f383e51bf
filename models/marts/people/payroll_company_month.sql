{{ config(meta={'made_of': ['payroll_cost']}) }}

with

-- Who got nothing hides nobody.
pay as (
    select * from {{ ref('fct_payroll_cost') }}
    where gross_pay_document <> 0
),

company_pay as (
    select
        payroll_month,
        company_key,
        count(distinct concat_ws('|', source_system, employee_number)) as paid_people,
        sum(gross_pay_company) as gross_pay_company,
        sum(gross_pay_group) as gross_pay_group
    from pay
    group by payroll_month, company_key
),

judged_company as (
    {{ with_suppression('company_pay', 'paid_people', ['payroll_month'], ['company_key']) }}
),

group_pay as (
    select
        payroll_month,
        count(distinct concat_ws('|', source_system, employee_number)) as paid_people,
        sum(gross_pay_group) as gross_pay_group
    from pay
    group by payroll_month
),

every_pay as (
    select
        judged.payroll_month,
        judged.company_key,
        company.company_code,
        company.company_currency,
        judged.paid_people,
        judged.is_suppressed,
        judged.gross_pay_company,
        judged.gross_pay_group
    from judged_company as judged
    inner join {{ ref('dim_company') }} as company on judged.company_key = company.company_key

    union all

    select
        payroll_month,
        cast(null as bigint) as company_key,
        cast(null as varchar) as company_code,
        cast(null as varchar) as company_currency,
        paid_people,
        paid_people < {{ var('smallest_people_group') }} as is_suppressed,
        cast(null as decimal(18, 2)) as gross_pay_company,
        gross_pay_group
    from group_pay
),

payroll_company_month as (
    select
        payroll_month,
        company_key,
        company_code,
        company_currency,
        paid_people,
        is_suppressed,
        case when not is_suppressed then cast(gross_pay_company as decimal(18, 2)) end as gross_pay_company,
        case when not is_suppressed then cast(gross_pay_group as decimal(18, 2)) end as gross_pay_group
    from every_pay
)

select * from payroll_company_month
