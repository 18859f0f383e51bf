with

record as (
    select
        *,
        'account' as record_type
    from {{ ref('account') }}

    union all

    select
        *,
        'business_partner' as record_type
    from {{ ref('business_partner') }}
),

customer_record as (
    select
        identity.customer_key,
        record.record_type,
        record.source_system,
        record.source_id,
        record.customer_reference,
        record.customer_name,
        record.given_name,
        record.family_name,
        record.is_person,
        record.email,
        record.phone,
        record.website,
        record.tax_id,
        record.industry,
        record.street,
        record.city,
        record.postcode,
        record.country_code,
        record.gender,
        record.marital_status,
        record.birth_date,
        record.created_date,
        record.is_deleted,
        record._batch_id
    from record
    inner join {{ ref('customer_identity') }} as identity
        on record.source_system = identity.source_system and record.source_id = identity.source_id
)

select * from customer_record
