{%- set attributes = golden_attributes() -%}

with

version as (
    select
        *,
        'account' as record_type
    from {{ ref('account_version') }}

    union all

    select
        *,
        'business_partner' as record_type
    from {{ ref('business_partner_version') }}
),

-- What comes late is dated with the day before which it was not known; of several versions of a day the last one counts.
dated_version as (
    select
        *,
        max(coalesce(version_date, date '1900-01-01')) over (
            partition by source_system, source_id order by _batch_id, _row_number
        ) as known_from
    from version
),

version_of_day as (
    {{ latest_by(
        'dated_version', ['source_system', 'source_id', 'known_from'], ['_batch_id desc', '_row_number desc']
    ) }}
),

-- A record's first version holds from the day on which the record was created, and its last one for ever.
customer_record_version as (
    select
        identity.customer_key,
        version.record_type,
        concat_ws('/', version.source_system, version.source_id) as record_id,
        {%- for attribute in attributes %}
        version.{{ attribute }},
        {%- endfor %}
        {%- for attribute in attributes %}
        {{ '+ ' if not loop.first }}case when version.{{ attribute }} is null then 0 else 1 end
        {%- endfor %} as filled,
        version.created_date,
        version.known_from as version_date,
        case
            when lag(version.known_from) over (
                partition by version.source_system, version.source_id order by version.known_from
            ) is null then least(version.known_from, coalesce(version.created_date, date '1900-01-01'))
            else version.known_from
        end as valid_from,
        coalesce(
            lead(version.known_from) over (
                partition by version.source_system, version.source_id order by version.known_from
            ),
            date '9999-12-31'
        ) as valid_to,
        version.is_deleted
    from version_of_day as version
    inner join {{ ref('customer_identity') }} as identity
        on version.source_system = identity.source_system and version.source_id = identity.source_id
)

select * from customer_record_version
