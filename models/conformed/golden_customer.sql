with

living_record as (
    select * from {{ ref('customer_record') }}
    where not is_deleted
),

-- Of several records of one kind the oldest speaks for the customer.
account as (
    {{ latest_by(
        "(select * from living_record where record_type = 'account')",
        ['customer_key'],
        ['created_date nulls last', 'source_system', 'source_id'],
    ) }}
),

business_partner as (
    {{ latest_by(
        "(select * from living_record where record_type = 'business_partner')",
        ['customer_key'],
        ['created_date nulls last', 'source_system', 'source_id'],
    ) }}
),

record_count as (
    select
        customer_key,
        count(*) as source_records,
        min(created_date) as created_date
    from living_record
    group by customer_key
),

golden_customer as (
    select
        record_count.customer_key,
        coalesce(business_partner.customer_reference, account.customer_reference) as customer_number,
        coalesce(account.is_person, business_partner.is_person, false) as is_person,
        {{ survivor('customer_name', 'account', 'business_partner') }},
        {{ survivor('given_name', 'account', 'business_partner') }},
        {{ survivor('family_name', 'account', 'business_partner') }},
        {{ survivor('email', 'account', 'business_partner') }},
        {{ survivor('phone', 'account', 'business_partner') }},
        {{ survivor('website', 'account', 'business_partner') }},
        {{ survivor('tax_id', 'business_partner', 'account') }},
        {{ survivor('industry', 'account', 'business_partner') }},
        case when business_partner.country_code is not null then business_partner.street else account.street end as street,
        case when business_partner.country_code is not null then business_partner.city else account.city end as city,
        case when business_partner.country_code is not null then business_partner.postcode else account.postcode end as postcode,
        coalesce(business_partner.country_code, account.country_code) as country_code,
        case
            when business_partner.country_code is not null then 'business_partner'
            when account.country_code is not null then 'account'
        end as address_source,
        {{ survivor('gender', 'account', 'business_partner') }},
        {{ survivor('marital_status', 'account', 'business_partner') }},
        {{ survivor('birth_date', 'business_partner', 'account') }},
        record_count.created_date,
        account.source_system as crm_system,
        account.source_id as crm_source_id,
        business_partner.source_system as erp_system,
        business_partner.source_id as erp_source_id,
        cast(record_count.source_records as integer) as source_records
    from record_count
    left join account on record_count.customer_key = account.customer_key
    left join business_partner on record_count.customer_key = business_partner.customer_key
)

select * from golden_customer
