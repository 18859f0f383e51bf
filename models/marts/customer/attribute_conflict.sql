{{ config(materialized='view') }}

with

attribute_conflict as (
    select
        agreement.customer_key,
        customer.customer_name,
        agreement.attribute,
        agreement.crm_value,
        agreement.erp_value,
        agreement.crm_records,
        agreement.erp_records,
        agreement.is_other_address
    from {{ ref('attribute_agreement') }} as agreement
    inner join {{ ref('dim_customer') }} as customer
        on agreement.customer_key = customer.customer_key and customer.is_current
    where agreement.is_conflict
)

select * from attribute_conflict
