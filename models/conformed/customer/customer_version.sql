{{ config(materialized='table') }}

{%- set attributes = golden_attributes() -%}

with

-- The history of a customer begins with its first record; its first version holds for everything before too.
record_version as (
    select * from {{ ref('customer_record_version') }}
    where not is_deleted
),

rule as (
    {{ survivorship_rule() }}
),

living_customer as (
    select distinct customer_key
    from record_version
    where valid_to = date '9999-12-31'
),

event as (
    select distinct
        record_version.customer_key,
        record_version.valid_from
    from {{ ref('customer_record_version') }} as record_version
    inner join living_customer on record_version.customer_key = living_customer.customer_key
),

-- What all records of a customer said on each day on which one of them changed, brought to one.
state as (
    select
        event.customer_key,
        event.valid_from,
        {{ surviving_attributes() }}
        count(*) as records
    from event
    inner join record_version
        on
            event.customer_key = record_version.customer_key
            and event.valid_from >= record_version.valid_from
            and event.valid_from < record_version.valid_to
    cross join rule
    group by event.customer_key, event.valid_from
),

said_state as (
    select
        *,
        concat_ws(
            '|'
            {%- for attribute in attributes %},
            coalesce(cast({{ attribute }} as varchar), '-')
            {%- endfor %}
        ) as said
    from state
),

compared_state as (
    select
        *,
        lag(said) over (partition by customer_key order by valid_from) as said_before
    from said_state
),

customer_version as (
    select
        customer_key,
        {{ surrogate_key(["'customer_version'", 'customer_key', 'valid_from']) }} as customer_version_key,
        {%- for attribute in attributes %}
        {{ attribute }},
        {%- endfor %}
        case
            when lag(valid_from) over (partition by customer_key order by valid_from) is null then date '1900-01-01'
            else valid_from
        end as valid_from,
        coalesce(
            lead(valid_from) over (partition by customer_key order by valid_from), date '9999-12-31'
        ) as valid_to,
        lead(valid_from) over (partition by customer_key order by valid_from) is null as is_current
    from compared_state
    where said_before is null or said <> said_before
)

select * from customer_version
