{{ config(meta={'made_of': ['budget_line']}) }}

with

fiscal_year_start as (
    select
        fiscal_year,
        min(calendar_date) as first_day
    from {{ ref('dim_date') }}
    group by fiscal_year
),

fiscal_period_start as (
    select
        fiscal_year,
        fiscal_period,
        min(calendar_date) as first_day
    from {{ ref('dim_date') }}
    group by fiscal_year, fiscal_period
),

first_rate as (
    select
        from_currency,
        min(rate_date) as rate_date
    from {{ ref('exchange_rate_day') }}
    where exchange_rate is not null
    group by from_currency
),

-- The budget rate: that of the day before the fiscal year begins, so that plan and forecast of a year compare;
-- before there were any rates, the first one.
line as (
    select
        budget_line.*,
        budget_line.budget_currency as document_currency,
        fiscal_period_start.first_day as period_start_date,
        greatest(fiscal_year_start.first_day - 1, coalesce(first_rate.rate_date, fiscal_year_start.first_day - 1)) as budget_rate_date
    from {{ ref('budget_line') }} as budget_line
    left join fiscal_year_start on budget_line.fiscal_year = fiscal_year_start.fiscal_year
    left join fiscal_period_start
        on budget_line.fiscal_year = fiscal_period_start.fiscal_year and budget_line.fiscal_period = fiscal_period_start.fiscal_period
    left join first_rate on budget_line.budget_currency = first_rate.from_currency
    where not budget_line.is_deleted
),

rated_line as (
    {{ with_rates('line', 'budget_rate_date') }}
),

account_line as (
    {{ with_account('rated_line') }}
),

cost_center_line as (
    {{ with_cost_center('account_line', 'period_start_date') }}
),

fct_budget_line as (
    select
        {{ surrogate_key(['source_system', 'source_id']) }} as budget_line_key,
        company_key,
        account_key,
        cost_center_key,
        cost_center_version_key,
        source_system,
        source_id,
        budget_version,
        budget_type,
        fiscal_year,
        fiscal_period,
        period_start_date,
        budget_currency,
        company_currency,
        budget_rate_date,
        exchange_rate_company,
        exchange_rate_group,
        amount as amount_document,
        {{ amount_in('amount', 'exchange_rate_company') }} as amount_company,
        {{ amount_in('amount', 'exchange_rate_group') }} as amount_group
    from cost_center_line
)

select * from fct_budget_line
