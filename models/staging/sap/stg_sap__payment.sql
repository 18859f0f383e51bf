{{ config(
    incremental_strategy='append',
    pre_hook="{% if is_incremental() %}delete from {{ this }} where (company_code, fiscal_year, document_number) in ({{ sap_payment_documents_with_news('company_code, fiscal_year, document_number') }}){% endif %}",
) }}

with

account as (
    select
        company_code,
        account_number,
        is_balance_sheet,
        _batch_id
    from {{ ref('stg_sap__gl_account') }}
    where not is_deleted
),

-- A payment is made of all lines of its document: it is made anew with any of them.
payment_line as (
    select * from {{ ref('stg_sap__payment_line') }}
    {%- if is_incremental() %}
    where
        (company_code, fiscal_year, document_number) in (
            {{ sap_payment_documents_with_news('company_code, fiscal_year, document_number') }}
        )
    {%- endif %}
),

-- In the document of a payment the profit and loss accounts hold the discount; a difference of exchange rates has no amount in
-- the document's currency. Customers are paid by credit, suppliers by debit.
line as (
    select
        line.*,
        case line.account_type when 'customer' then -1 else 1 end as direction,
        line.account_type in ('customer', 'supplier') as is_partner,
        not account.is_balance_sheet and line.amount_document <> 0 as is_discount,
        not account.is_balance_sheet and line.amount_document = 0 as is_exchange_difference,
        greatest(line._batch_id, coalesce(account._batch_id, 0)) as touched_batch_id
    from payment_line as line
    left join account on line.company_code = account.company_code and line.account_number = account.account_number
),

document as (
    select
        company_code,
        fiscal_year,
        document_number,
        sum(amount_document) filter (where is_partner) as amount_document,
        coalesce(sum(amount_document) filter (where is_discount), 0) as discount_document,
        coalesce(sum(amount_company) filter (where is_discount), 0) as discount_company,
        coalesce(sum(amount_group) filter (where is_discount), 0) as discount_group,
        coalesce(sum(amount_company) filter (where is_exchange_difference), 0) as difference_company,
        coalesce(sum(amount_group) filter (where is_exchange_difference), 0) as difference_group,
        max(touched_batch_id) as _batch_id
    from line
    group by company_code, fiscal_year, document_number
),

partner as (
    select
        company_code,
        fiscal_year,
        document_number,
        account_type as partner_type,
        direction,
        coalesce(case account_type when 'customer' then customer_source_id else supplier_source_id end, '') as partner_source_id,
        min(document_type) as document_type,
        min(posting_date) as payment_date,
        min(document_currency) as document_currency,
        sum(amount_document) as amount_document,
        sum(amount_company) as amount_company,
        sum(amount_group) as amount_group
    from line
    where is_partner
    group by company_code, fiscal_year, document_number, account_type, direction, partner_source_id
),

-- Where a document pays several partners, each has its share of what is said of none of them.
shared as (
    select
        partner.*,
        {%- for amount in ['discount_document', 'discount_company', 'discount_group', 'difference_company', 'difference_group'] %}
        case
            when partner.amount_document = document.amount_document then document.{{ amount }}
            else
                cast(
                    document.{{ amount }} * (cast(partner.amount_document as double) / nullif(document.amount_document, 0))
                    as decimal(18, 3)
                )
        end as {{ amount }},
        {%- endfor %}
        document._batch_id
    from partner
    inner join document
        on
            partner.company_code = document.company_code
            and partner.fiscal_year = document.fiscal_year
            and partner.document_number = document.document_number
),

payment as (
    select
        concat_ws('/', company_code, fiscal_year, document_number, partner_type, partner_source_id) as source_id,
        company_code,
        fiscal_year,
        document_number,
        document_type,
        partner_type,
        case partner_type when 'customer' then nullif(partner_source_id, '') end as customer_source_id,
        case partner_type when 'supplier' then nullif(partner_source_id, '') end as supplier_source_id,
        payment_date,
        document_currency,
        direction * (amount_document + discount_document) as amount_document,
        direction * (amount_company + discount_company + difference_company) as amount_company,
        direction * (amount_group + discount_group + difference_group) as amount_group,
        -direction * discount_document as discount_amount_document,
        -direction * discount_company as discount_amount_company,
        -direction * discount_group as discount_amount_group,
        -difference_company as exchange_gain_company,
        -difference_group as exchange_gain_group,
        false as is_deleted,
        _batch_id
    from shared
)

select * from payment
-- depends_on: {{ ref('stg_sap__journal_line') }} {{ ref('stg_sap__currency_decimals') }}
