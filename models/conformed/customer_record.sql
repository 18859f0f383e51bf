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

-- Records that share a customer number are one customer; a record without one is a customer of its own.
customer_record as (
    select
        {{ surrogate_key(["'customer'", "coalesce(customer_reference, source_system || '/' || source_id)"]) }} as customer_key,
        record_type,
        source_system,
        source_id,
        customer_reference,
        customer_name,
        given_name,
        family_name,
        is_person,
        email,
        phone,
        website,
        tax_id,
        industry,
        street,
        city,
        postcode,
        country_code,
        gender,
        marital_status,
        birth_date,
        created_date,
        is_deleted,
        _batch_id
    from record
)

select * from customer_record
