{{ config(materialized='view') }}

with

-- Former keys of a person lead nowhere here: see contact_redirect.
record as (
    select
        identity.contact_key,
        {{ list_text("concat_ws('/', record.source_system, record.source_id)") }} as records,
        {{ list_text("concat_ws('/', record.source_system, record.source_id)", 'record.is_deleted') }} as deleted_records,
        {{ list_text('record.email') }} as emails,
        {{ list_text('record.phone') }} as phones
    from {{ ref('contact_identity') }} as identity
    inner join {{ ref('contact_record') }} as record
        on identity.source_system = record.source_system and identity.source_id = record.source_id
    group by identity.contact_key
),

customer as (
    select * from {{ ref('dim_customer') }}
    where is_current
),

customer_contact as (
    select
        contact.contact_key,
        contact.customer_key,
        customer.customer_name,
        contact.contact_name,
        contact.given_name,
        contact.family_name,
        contact.title,
        contact.department,
        contact.email,
        contact.phone,
        contact.has_opted_out_of_email,
        contact.is_active,
        contact.created_date,
        contact.source_records,
        record.records,
        record.deleted_records,
        record.emails,
        record.phones
    from {{ ref('dim_contact') }} as contact
    inner join record on contact.contact_key = record.contact_key
    left join customer on contact.customer_key = customer.customer_key
)

select * from customer_contact
