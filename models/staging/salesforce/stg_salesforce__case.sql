{{ config(materialized='view') }}

with

case_record as (
    select * from {{ ref('stg_salesforce__case_record') }}
),

contact as (
    select * from {{ ref('stg_salesforce__contact') }}
),

product as (
    select * from {{ ref('stg_salesforce__product2') }}
),

-- Who names no account speaks for the account of the contact.
service_case as (
    select
        case_record.source_id,
        case_record.case_number,
        coalesce(case_record.account_source_id, contact.account_source_id) as account_source_id,
        case_record.contact_source_id,
        case_record.owner_source_id,
        product.product_number,
        case_record.order_number,
        case_record.subject,
        case_record.case_type,
        case_record.case_reason,
        case_record.case_origin,
        case_record.priority,
        case_record.case_status,
        case_record.is_closed,
        case_record.is_escalated,
        case_record.created_at as opened_at,
        cast(case_record.created_at as date) as opened_date,
        case_record.first_response_at,
        case_record.closed_at,
        case_record.is_closed_at_implausible,
        case_record.sla_due_at,
        case_record.satisfaction_score,
        case_record.modified_at,
        case_record.is_deleted,
        greatest(case_record._batch_id, coalesce(contact._batch_id, 0), coalesce(product._batch_id, 0)) as _batch_id
    from case_record
    left join contact on case_record.contact_source_id = contact.source_id
    left join product on case_record.product_source_id = product.source_id
)

select * from service_case
