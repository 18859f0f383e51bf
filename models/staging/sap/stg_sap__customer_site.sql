{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'KNVP'), ['KUNNR', 'VKORG', 'PARVW', 'KUNN2']) }}
),

-- Partner functions, as SAP stores them in any language: AG sold-to, WE ship-to, RE bill-to, RG payer.
customer_site as (
    select
        concat_ws('/', kunnr, vkorg, parvw, kunn2) as source_id,
        kunnr as customer_source_id,
        kunn2 as site_source_id,
        vkorg as sales_organization_code,
        case parvw
            when 'AG' then 'sold_to'
            when 'WE' then 'ship_to'
            when 'RE' then 'bill_to'
            when 'RG' then 'payer'
            else parvw
        end as partner_role,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from customer_site
