{{ config(materialized='table') }}

{%- set latest = ["timestamp '9999-12-31' - coalesce(modified_at, created_at, timestamp '1900-01-01')", 'record_id'] %}
{%- set fullest = ['-length(given_name)'] + latest %}

with

erased_customer as (
    select distinct customer_key from ({{ erased_rows(ref('customer_identity'), 'customer') }}) as identity
),

erased_contact as (
    select distinct contact_key from ({{ erased_rows(ref('contact_identity'), 'contact') }}) as identity
),

record as (
    select
        identity.contact_key,
        contact_record.*,
        coalesce(customer.customer_key, -1) as customer_key
    from {{ ref('contact_record') }} as contact_record
    inner join {{ ref('contact_identity') }} as identity
        on contact_record.source_system = identity.source_system and contact_record.source_id = identity.source_id
    left join {{ ref('customer_key') }} as customer
        on
            contact_record.source_system = customer.source_system
            and contact_record.account_source_id = customer.source_id
    where not contact_record.is_deleted
),

-- What was said last counts; of given names the fullest, for a second entry often has an initial only.
survivor as (
    select
        contact_key,
        {{ first_by('customer_key', ["case when customer_key = -1 then 1 else 0 end"] + latest, 'true') }} as customer_key,
        {{ first_by('given_name', fullest, 'given_name is not null') }} as given_name,
        {{ first_by('family_name', latest, 'family_name is not null') }} as family_name,
        {{ first_by('title', latest, 'true') }} as title,
        {{ first_by('department', latest, 'department is not null') }} as department,
        {{ first_by('email', latest, 'email is not null') }} as email,
        {{ first_by('phone', latest, 'phone is not null') }} as phone,
        bool_or(coalesce(has_opted_out_of_email, false)) as has_opted_out_of_email,
        cast(min(created_at) as date) as created_date,
        cast(count(*) as integer) as source_records
    from record
    group by contact_key
),

known_contact as (
    select
        survivor.contact_key,
        survivor.customer_key,
        coalesce(
            nullif(concat_ws(' ', survivor.given_name, survivor.family_name), ''),
            case when erased_customer.customer_key is null and erased_contact.contact_key is null then 'Unnamed' else 'Erased contact' end
        ) as contact_name,
        survivor.given_name,
        survivor.family_name,
        survivor.title,
        survivor.department,
        survivor.email,
        survivor.phone,
        survivor.has_opted_out_of_email,
        coalesce(
            lower(survivor.title) not in (
                {%- for title in var('titles_of_leavers') %}
                '{{ title }}'{{ ',' if not loop.last }}
                {%- endfor %}
            ),
            true
        ) as is_active,
        survivor.created_date,
        survivor.source_records
    from survivor
    left join erased_customer on survivor.customer_key = erased_customer.customer_key
    left join erased_contact on survivor.contact_key = erased_contact.contact_key
),

unknown_contact as (
    select
        -1 as contact_key,
        -1 as customer_key,
        'Unknown' as contact_name,
        cast(null as varchar) as given_name,
        cast(null as varchar) as family_name,
        cast(null as varchar) as title,
        cast(null as varchar) as department,
        cast(null as varchar) as email,
        cast(null as varchar) as phone,
        false as has_opted_out_of_email,
        false as is_active,
        cast(null as date) as created_date,
        0 as source_records
),

dim_contact as (
    select * from known_contact

    union all

    select * from unknown_contact
)

select * from dim_contact
