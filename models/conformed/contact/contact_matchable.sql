{{ config(meta={'made_of': ['contact']}) }}

with

record as (
    select
        contact_record.*,
        cast(customer.customer_key as varchar) as organisation
    from {{ ref('contact_record') }} as contact_record
    left join {{ ref('customer_identity') }} as customer
        on
            contact_record.source_system = customer.source_system
            and contact_record.account_source_id = customer.source_id
),

-- People marry: a family name that the same given name had before is one by which a second entry may still call the person.
former_version as (
    select
        record.record_id,
        version.given_name,
        version.family_name,
        version.email,
        version.phone,
        record.source_system,
        record.organisation,
        version._batch_id as version_batch_id,
        version._row_number,
        record._batch_id
    from {{ ref('contact_version') }} as version
    inner join record on version.source_system = record.source_system and version.source_id = record.source_id
    where
        not version.is_deleted
        and version.given_name = record.given_name
        and version.family_name <> record.family_name
),

former_name as (
    {{ latest_by(
        'former_version', ['record_id', 'family_name'], ['version_batch_id desc', '_row_number desc', 'email', 'phone']
    ) }}
),

-- An address says where the organisation is and nothing of the person: it is left out.
contact_matchable as (
    select
        record_id as id,
        record_id,
        source_system,
        given_name,
        family_name as surname,
        email,
        phone,
        organisation,
        _batch_id
    from record

    union all

    select
        concat_ws('#', record_id, {{ surrogate_key(["'contact_name'", 'given_name', 'family_name']) }}) as id,
        record_id,
        source_system,
        given_name,
        family_name as surname,
        email,
        phone,
        organisation,
        _batch_id
    from former_name
)

select * from contact_matchable
