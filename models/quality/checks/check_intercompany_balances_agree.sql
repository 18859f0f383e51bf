{{ config(materialized='view') }}

with

-- Pairs are compared in the currency of their documents. What differs there is worth what it is worth at the end of the period.
pair as (
    select
        seller_company_code,
        buyer_company_code,
        fiscal_year,
        fiscal_period,
        seller_company_code || ' to ' || buyer_company_code || ' in ' || document_currency as pair_name,
        payable_amount_group as payable_amount,
        difference_amount_document <> 0 as is_different,
        coalesce(cast(difference_amount_document * closing_rate_group as decimal(18, 2)), difference_amount_group) as difference_amount,
        closing_rate_group is null as is_unrated
    from {{ ref('intercompany') }}
),

-- One company may have in one currency what the other has in another.
compared as (
    select
        *,
        coalesce(sum(difference_amount) filter (where is_different and difference_amount > 0) over both_companies, 0) as expected_more,
        coalesce(-sum(difference_amount) filter (where is_different and difference_amount < 0) over both_companies, 0) as owed_more,
        count(*) filter (where is_different and is_unrated) over both_companies as unrated_currencies
    from pair
    window both_companies as (partition by seller_company_code, buyer_company_code, fiscal_year, fiscal_period)
),

judged as (
    select
        *,
        is_different
        and not (
            least(expected_more, owed_more) > 0
            and unrated_currencies = 0
            and abs(expected_more - owed_more) <= {{ var('intercompany_rate_tolerance') }} * greatest(expected_more, owed_more)
        ) as is_break
    from compared
),

check_intercompany_balances_agree as (
    select
        'intercompany_balances_agree' as check_name,
        seller_company_code as company,
        {{ period_text('fiscal_year', 'fiscal_period') }} as period,
        cast(sum(payable_amount + case when is_break then difference_amount else 0 end) as decimal(18, 2)) as expected,
        cast(sum(payable_amount) as decimal(18, 2)) as actual,
        {{ list_text('pair_name', 'is_break') }} as documents
    from judged
    group by seller_company_code, fiscal_year, fiscal_period
)

select * from check_intercompany_balances_agree
