{{ config(meta={'made_of': ['budget_line']}) }}

with

fiscal_period as (
    select
        calendar_code,
        fiscal_year,
        fiscal_period,
        min(fiscal_period_start) as first_day,
        max(fiscal_period_end) as last_day,
        min(fiscal_year_start) as first_day_of_year
    from {{ ref('dim_fiscal_date') }}
    group by calendar_code, fiscal_year, fiscal_period
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
        fiscal_period.first_day as period_start_date,
        fiscal_period.last_day as period_end_date,
        greatest(fiscal_period.first_day_of_year - 1, coalesce(first_rate.rate_date, fiscal_period.first_day_of_year - 1))
            as budget_rate_date
    from {{ ref('budget_line') }} as budget_line
    left join {{ ref('dim_company') }} as company
        on budget_line.source_system = company.source_system and budget_line.company_code = company.company_code
    left join fiscal_period
        on
            coalesce(company.fiscal_calendar_code, '{{ var("fiscal_calendar") }}') = fiscal_period.calendar_code
            and budget_line.fiscal_year = fiscal_period.fiscal_year
            and budget_line.fiscal_period = fiscal_period.fiscal_period
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
        period_end_date,
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
