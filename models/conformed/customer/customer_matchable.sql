with

record as (
    select * from {{ ref('account') }}

    union all

    select * from {{ ref('business_partner') }}
),

shared_reference as (
    select customer_reference
    from record
    where customer_reference is not null
    group by customer_reference
    having count(distinct source_system) > 1
),

-- A record that carries a number which another system has too says who it is: only the others are to be compared.
-- A person's name in one piece is given name and surname.
customer_matchable as (
    select
        concat_ws('/', record.source_system, record.source_id) as id,
        record.source_system,
        record.customer_name as name,
        case
            when record.is_person and record.family_name is null
                then {{ before_last_word('record.customer_name') }}
            else record.given_name
        end as given_name,
        case
            when record.is_person and record.family_name is null then {{ last_word('record.customer_name') }}
            else record.family_name
        end as surname,
        record.street,
        record.city,
        record.postcode,
        record.country_code as country,
        record.email,
        record.phone,
        record.tax_id,
        record.website as domain,
        record.birth_date as date_of_birth,
        record._batch_id
    from record
    left join shared_reference on record.customer_reference = shared_reference.customer_reference
    where shared_reference.customer_reference is null and not coalesce(record.is_site, false)
)

select * from customer_matchable
