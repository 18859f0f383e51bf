{{ config(meta={'made_of': ['journal_line']}) }}

with

movement as (
    select * from {{ ref('cash_flow_movement') }}
),

line as (
    select distinct
        activity,
        line_code,
        line_name,
        line_order
    from movement
),

cash_account as (
    select account.account_key
    from {{ ref('dim_account') }} as account
    inner join {{ ref('statement_line_roles') }} as role on account.line_code = role.line_code
    where role.cash_flow_activity = 'cash'
),

company_period as (
    select
        balance.company_key,
        balance.fiscal_calendar_code,
        balance.fiscal_year,
        balance.fiscal_period,
        balance.period_order,
        coalesce(sum(balance.opening_amount_company) filter (where cash_account.account_key is not null), 0) as opening_company,
        coalesce(sum(balance.closing_amount_company) filter (where cash_account.account_key is not null), 0) as closing_company,
        coalesce(sum(balance.opening_amount_group) filter (where cash_account.account_key is not null), 0) as opening_group,
        coalesce(sum(balance.closing_amount_group) filter (where cash_account.account_key is not null), 0) as closing_group
    from {{ ref('account_balance_month') }} as balance
    left join cash_account on balance.account_key = cash_account.account_key
    group by balance.company_key, balance.fiscal_calendar_code, balance.fiscal_year, balance.fiscal_period, balance.period_order
),

-- Every line in every period, whether something moved or not, so that sums over periods have no gaps.
flow as (
    select
        period.company_key,
        period.fiscal_calendar_code,
        period.period_order,
        line.activity,
        line.line_code,
        line.line_name,
        line.line_order,
        false as is_subtotal,
        coalesce(movement.amount_company, 0) as amount_company,
        coalesce(movement.amount_group, 0) as amount_group
    from company_period as period
    cross join line
    left join movement
        on
            period.company_key = movement.company_key
            and period.fiscal_calendar_code = movement.fiscal_calendar_code
            and period.fiscal_year = movement.fiscal_year
            and period.fiscal_period = movement.fiscal_period
            and line.activity = movement.activity
            and line.line_code = movement.line_code
),

-- The totals stand behind their lines; what all activities come to is the change of cash.
total as (
    select
        company_key,
        fiscal_calendar_code,
        period_order,
        activity,
        'total_' || activity as line_code,
        'Cash flow, ' || activity as line_name,
        max(line_order) + 1 as line_order,
        true as is_subtotal,
        sum(amount_company) as amount_company,
        sum(amount_group) as amount_group
    from flow
    where activity <> 'unexplained'
    group by company_key, fiscal_calendar_code, period_order, activity

    union all

    select
        company_key,
        fiscal_calendar_code,
        period_order,
        'cash' as activity,
        'change_of_cash' as line_code,
        'Change of cash' as line_name,
        1 as line_order,
        true as is_subtotal,
        sum(amount_company) as amount_company,
        sum(amount_group) as amount_group
    from flow
    group by company_key, fiscal_calendar_code, period_order
),

{% set ends = [('opening', 'Cash at the start', 0), ('closing', 'Cash at the end', 2)] -%}
cash as (
    {%- for end, name, place in ends %}
    select
        company_key,
        fiscal_calendar_code,
        period_order,
        'cash' as activity,
        '{{ end }}_cash' as line_code,
        '{{ name }}' as line_name,
        {{ place }} as line_order,
        true as is_subtotal,
        {{ end }}_company as amount_company,
        {{ end }}_group as amount_group
    from company_period
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

every_line as (
    select * from flow

    union all

    select * from total

    union all

    select * from cash
),

cash_flow_line as (
    select
        company_key,
        fiscal_calendar_code,
        period_order,
        case activity when 'operating' then 1 when 'investing' then 2 when 'financing' then 3 when 'unexplained' then 4 else 5 end
            as activity_order,
        activity,
        line_code,
        line_name,
        cast(line_order as integer) as line_order,
        is_subtotal,
        cast(amount_company as decimal(18, 3)) as amount_company,
        cast(amount_group as decimal(18, 3)) as amount_group
    from every_line
)

select * from cash_flow_line
