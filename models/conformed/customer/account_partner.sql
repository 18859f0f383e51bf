{{ config(materialized='table') }}

with

account as (
    select
        source_system,
        source_id,
        {{ letters_and_digits('tax_id') }} as tax_key,
        {{ letters_and_digits('customer_name') }} || '/' || {{ letters_and_digits('postcode') }} as name_key
    from {{ ref('account') }}
    where not is_deleted and customer_reference is null
),

partner as (
    select
        customer_reference,
        {{ letters_and_digits('tax_id') }} as tax_key,
        {{ letters_and_digits('customer_name') }} || '/' || {{ letters_and_digits('postcode') }} as name_key
    from {{ ref('business_partner') }}
    where not is_deleted and not coalesce(is_site, false)
),

-- What several partners share tells none of them.
partner_by_tax_key as (
    select
        tax_key,
        min(customer_reference) as customer_reference
    from partner
    where tax_key is not null
    group by tax_key
    having count(*) = 1
),

partner_by_name_key as (
    select
        name_key,
        min(customer_reference) as customer_reference
    from partner
    where name_key is not null
    group by name_key
    having count(*) = 1
),

account_partner as (
    select
        account.source_system,
        account.source_id,
        coalesce(by_tax.customer_reference, by_name.customer_reference) as customer_reference,
        case when by_tax.customer_reference is not null then 'tax number' else 'name and postcode' end as matched_by
    from account
    left join partner_by_tax_key as by_tax on account.tax_key = by_tax.tax_key
    left join partner_by_name_key as by_name on account.name_key = by_name.name_key
    where coalesce(by_tax.customer_reference, by_name.customer_reference) is not null
)

select * from account_partner
