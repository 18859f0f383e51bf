{{ config(materialized='table', meta={'made_of': ['product']}) }}

{%- set attributes = ['product_name', 'category_code', 'product_line', 'unit_of_measure', 'unit_cost_group'] %}

with

product as (
    select * from {{ ref('product') }}
    where not is_deleted
),

-- A system that dates its versions says what holds from when on, and may correct it.
dated_version as (
    select
        source_system,
        source_id,
        product_number,
        {%- for attribute in attributes %}
        {{ attribute }},
        {%- endfor %}
        start_date as known_from,
        _batch_id,
        cast(0 as bigint) as _row_number
    from product
    where start_date is not null
),

-- Of the others the log tells since when what they say is known. What comes late is dated with the day before which it was not known.
logged_version as (
    select
        product.source_system,
        product.source_id,
        product.product_number,
        {%- for attribute in attributes %}
        version.{{ attribute }},
        {%- endfor %}
        max(coalesce(version.version_date, date '1900-01-01')) over (
            partition by version.source_system, version.source_id order by version._batch_id, version._row_number
        ) as known_from,
        version._batch_id,
        version._row_number
    from {{ ref('product_version') }} as version
    inner join product on version.source_system = product.source_system and version.source_id = product.source_id
    where product.start_date is null and not version.is_deleted
),

version as (
    select * from dated_version

    union all

    select * from logged_version
),

version_of_day as (
    {{ latest_by(
        'version', ['source_system', 'product_number', 'known_from'], ['_batch_id desc', '_row_number desc', 'source_id desc']
    ) }}
),

said_version as (
    select
        *,
        concat_ws(
            '|'
            {%- for attribute in attributes %},
            coalesce(cast({{ attribute }} as varchar), '-')
            {%- endfor %}
        ) as said
    from version_of_day
),

compared_version as (
    select
        *,
        lag(said) over (partition by source_system, product_number order by known_from) as said_before
    from said_version
),

bounded_version as (
    select
        *,
        case
            when said_before is null then date '1900-01-01'
            else known_from
        end as valid_from,
        coalesce(
            lead(known_from) over (partition by source_system, product_number order by known_from), date '9999-12-31'
        ) as valid_to
    from compared_version
    where said_before is null or said <> said_before
),

product_history as (
    select
        {{ surrogate_key(["'product'", 'source_system', 'product_number']) }} as product_key,
        {{ surrogate_key(["'product_version'", 'source_system', 'product_number', 'valid_from']) }} as product_version_key,
        source_system,
        source_id,
        product_number,
        {%- for attribute in attributes %}
        {{ attribute }},
        {%- endfor %}
        valid_from,
        valid_to
    from bounded_version
)

select * from product_history
