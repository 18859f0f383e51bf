{{ config(materialized='view') }}

with

pair as (
    select
        seller_company_code,
        fiscal_year,
        fiscal_period,
        seller_company_code || ' to ' || buyer_company_code || ' in ' || document_currency as pair_name,
        receivable_amount_group - in_transit_amount_group as expected_amount,
        payable_amount_group as payable_amount,
        difference_amount_document <> 0 as is_different
    from {{ ref('intercompany') }}
),

-- Pairs agree or not in the currency of their documents; they are added up in the group's.
check_intercompany_balances_agree as (
    select
        'intercompany_balances_agree' as check_name,
        seller_company_code as company,
        {{ period_text('fiscal_year', 'fiscal_period') }} as period,
        cast(sum(case when is_different then expected_amount else payable_amount end) as decimal(18, 2)) as expected,
        cast(sum(payable_amount) as decimal(18, 2)) as actual,
        {{ list_text('pair_name', 'is_different') }} as documents
    from pair
    group by seller_company_code, fiscal_year, fiscal_period
)

select * from check_intercompany_balances_agree
