{{ config(
    incremental_strategy='append',
    pre_hook="{% if is_incremental() %}delete from {{ this }} as payment_allocation where {{ sap_allocation_has_news() }}{% endif %}",
) }}

with

item as (
    {%- for partner_type, items, owed in [('customer', 'stg_sap__receivable_item', 1), ('supplier', 'stg_sap__payable_item', -1)] %}
    select
        source_id,
        '{{ partner_type }}' as partner_type,
        {{ partner_type }}_source_id as partner_source_id,
        company_code,
        fiscal_year,
        document_number,
        document_type,
        item_type,
        posting_date,
        clearing_date,
        clearing_document_number,
        invoice_document_number,
        invoice_fiscal_year,
        document_currency,
        {{ owed }} * amount_document as owed_amount,
        _batch_id
    from {{ ref(items) }}
    where not is_deleted
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- The document that clears items has lines of its own among them: they say what it is, and nothing that was owed.
cleared as (
    select
        *,
        document_number = clearing_document_number and posting_date = clearing_date as is_of_clearing,
        concat_ws('/', company_code, fiscal_year, document_number, partner_type, partner_source_id) as payment_source_id
    from item
    where clearing_document_number is not null and {{ sap_clearing_is_named('is_read', 'item', 'clearing_document_number') }}
),

-- A payment that waited on account is cleared together with the items that it pays, by a document that is no payment.
clearing as (
    select
        partner_type,
        partner_source_id,
        company_code,
        clearing_document_number,
        clearing_date,
        coalesce(
            min(payment_source_id) filter (where item_type = 'payment' and is_of_clearing),
            min(payment_source_id) filter (where item_type = 'payment')
        ) as payment_source_id,
        max(document_type) filter (where is_of_clearing) as clearing_document_type
    from cleared
    group by partner_type, partner_source_id, company_code, clearing_document_number, clearing_date
),

-- What a short payment leaves over becomes an item of the payment's document, which names the invoice.
residual as (
    select
        partner_type,
        partner_source_id,
        company_code,
        document_number,
        posting_date,
        invoice_document_number,
        invoice_fiscal_year,
        sum(owed_amount) as owed_amount
    from item
    where item_type = 'residual' and invoice_document_number is not null
    group by all
),

-- An item's batch is its own or its payment's: what is cleared with it may leave, and would take its batch along.
settled as (
    select
        cleared.*,
        clearing.clearing_document_type,
        split_part(clearing.payment_source_id, '/', 3) as clearing_payment_document_number,
        payment.source_id as known_payment_source_id,
        payment.document_number as payment_document_number,
        coalesce(payment.discount_amount_document, 0) as payment_discount,
        cleared.owed_amount as cleared_amount,
        coalesce(residual.owed_amount, 0) as residual_amount,
        greatest(cleared._batch_id, coalesce(payment._batch_id, 0)) as settled_batch_id
    from cleared
    inner join clearing
        on
            cleared.partner_type = clearing.partner_type
            and cleared.partner_source_id = clearing.partner_source_id
            and cleared.company_code = clearing.company_code
            and cleared.clearing_document_number = clearing.clearing_document_number
            and cleared.clearing_date = clearing.clearing_date
    left join residual
        on
            cleared.partner_type = residual.partner_type
            and cleared.partner_source_id = residual.partner_source_id
            and cleared.company_code = residual.company_code
            and cleared.clearing_document_number = residual.document_number
            and cleared.clearing_date = residual.posting_date
            and cleared.document_number = residual.invoice_document_number
            and cleared.fiscal_year = residual.invoice_fiscal_year
    left join {{ ref('stg_sap__payment') }} as payment on clearing.payment_source_id = payment.source_id
    where not cleared.is_of_clearing and cleared.item_type <> 'payment'
),

-- Nothing says which item a discount was for: each has its share, and the cents add up to the whole.
running as (
    select
        *,
        sum(greatest(cleared_amount - residual_amount, 0)) over (partition by known_payment_source_id) as base,
        sum(greatest(cleared_amount - residual_amount, 0)) over (
            partition by known_payment_source_id order by source_id rows unbounded preceding
        ) as base_so_far
    from settled
),

shared as (
    select
        *,
        cast(payment_discount * (cast(base_so_far as double) / nullif(base, 0)) as decimal(18, 2))
        - cast(
            payment_discount
            * (cast(base_so_far - greatest(cleared_amount - residual_amount, 0) as double) / nullif(base, 0)) as decimal(18, 2)
        ) as discount_share
    from running
),

payment_allocation as (
    select
        concat_ws('/', partner_type, source_id) as source_id,
        partner_type,
        source_id as item_source_id,
        known_payment_source_id as payment_source_id,
        case partner_type when 'customer' then partner_source_id end as customer_source_id,
        case partner_type when 'supplier' then partner_source_id end as supplier_source_id,
        company_code,
        clearing_date,
        clearing_document_number,
        clearing_document_type,
        payment_document_number,
        clearing_payment_document_number,
        case when known_payment_source_id is not null then 'payment' else 'offset' end as clearing_type,
        document_currency,
        cleared_amount as cleared_amount_document,
        residual_amount as residual_amount_document,
        case when known_payment_source_id is not null then coalesce(discount_share, 0) else 0 end as discount_amount_document,
        case
            when known_payment_source_id is not null then cleared_amount - residual_amount - coalesce(discount_share, 0)
            else 0
        end as paid_amount_document,
        false as is_deleted,
        settled_batch_id as _batch_id
    from shared
)

select * from payment_allocation
where {{ sap_allocation_has_news() }}
-- depends_on: {{ ref('changed_sap__clearing') }}
