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

-- Records that share a customer number, or were found to be one by what they say, are one customer; any other is one of its own.
customer_record as (
    select
        {{ surrogate_key(["'customer'", "coalesce(
            record.customer_reference, account_partner.customer_reference, record.source_system || '/' || record.source_id
        )"]) }} as customer_key,
        record.record_type,
        record.source_system,
        record.source_id,
        coalesce(record.customer_reference, account_partner.customer_reference) as customer_reference,
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
    left join {{ ref('account_partner') }} as account_partner
        on record.source_system = account_partner.source_system and record.source_id = account_partner.source_id
    where not coalesce(record.is_site, false)
)

select * from customer_record
