{#- One row an item, whether it is open or cleared, with amounts as they are. `open` and `cleared` name the staging models of the
    two tables (see sap_item). Clearing takes an item from one table to the other, and resetting the clearing takes it back; the
    halves of such a move come in any order. So an item that lives among the cleared ones is cleared, whatever else is said;
    any other is what the table of open items says. An incremental run makes the items anew of which either table has news, and all of
    them where a company or a currency does.
    `owed` is how an invoice is posted: 1 for customers (debit), -1 for suppliers (credit). `partner` names the partner's column. -#}
{% macro sap_item_open_or_cleared(open, cleared, partner, owed) -%}
{%- set looked_up = ['stg_sap__company', 'stg_sap__currency_decimals'] %}
{%- if is_incremental() %}
news as (
    {{ rows_with_news(open, looked_up, 'source_id') }}

    union all

    {{ rows_with_news(cleared, looked_up, 'source_id') }}
),
{% endif %}
{%- for name, side in [('said_open', open), ('said_cleared', cleared)] %}
{{ name }} as (
    select * from {{ ref(side) }}
    {%- if is_incremental() %}
    where source_id in (select news.source_id from news)
    {%- endif %}
),
{% endfor %}
cleared_item as (
    select * from said_cleared
    where not is_deleted
),

no_longer_cleared as (
    select * from said_cleared
    where is_deleted
),

open_item as (
    select * from said_open
    where not exists (select 1 from cleared_item where cleared_item.source_id = said_open.source_id)
),

never_open as (
    select * from no_longer_cleared
    where not exists (select 1 from said_open where said_open.source_id = no_longer_cleared.source_id)
),

item as (
    select * from cleared_item

    union all

    select * from open_item

    union all

    select * from never_open
),

shift as (
    {{ sap_currency_shift() }}
),

-- A year that nobody can mean is no date.
judged as (
    select
        *,
        case when written_baseline_date between date '1990-01-01' and date '2100-12-31' then written_baseline_date end as baseline_date,
        {{ is_sap_payment('document_type') }} as is_of_payment,
        {{ owed }} * stored_amount_document >= 0 as is_owed,
        coalesce(document_number = clearing_document_number and posting_date = clearing_date, false) as is_of_clearing
    from item
)

-- What a payment's document leaves to be paid later is a residual item; its other lines are the payment. What reduces a debt
-- without naming the invoice is due at once.
select
    judged.source_id,
    judged.company_code,
    judged.partner_source_id as {{ partner }},
    judged.fiscal_year,
    judged.document_number,
    judged.line_number,
    judged.document_type,
    case
        when judged.is_of_payment and judged.is_owed and not judged.is_of_clearing then 'residual'
        when judged.is_of_payment then 'payment'
        when judged.is_owed then 'invoice'
        else 'credit'
    end as item_type,
    judged.account_number,
    judged.document_date,
    judged.posting_date,
    coalesce(judged.baseline_date, judged.document_date, judged.posting_date)
    + case when judged.is_owed or judged.invoice_document_number is not null then coalesce(judged.net_days, 0) else 0 end as due_date,
    judged.baseline_date is null as is_due_date_estimated,
    judged.payment_terms,
    judged.clearing_date,
    judged.clearing_document_number,
    judged.invoice_document_number,
    judged.invoice_fiscal_year,
    judged.reference_number,
    judged.document_currency,
    {{ unshifted('judged.stored_amount_document', 'document_shift.factor') }} as amount_document,
    {{ unshifted('judged.stored_amount_company', 'company_shift.factor') }} as amount_company,
    judged.is_deleted,
    greatest(
        judged._batch_id,
        coalesce(no_longer_cleared._batch_id, 0),
        coalesce(company._batch_id, 0),
        coalesce(document_shift._batch_id, 0),
        coalesce(company_shift._batch_id, 0)
    ) as _batch_id
from judged
left join no_longer_cleared on judged.source_id = no_longer_cleared.source_id
left join {{ ref('stg_sap__company') }} as company on judged.company_code = company.company_code
left join shift as document_shift on judged.document_currency = document_shift.currency_code
left join shift as company_shift on company.company_currency = company_shift.currency_code
{%- endmacro %}
