{{ config(materialized='view') }}

with

said as (
    select
        source_id,
        'material' as said_of,
        product_number,
        category_code,
        unit_of_measure,
        cast(null as varchar) as product_name,
        version_date,
        is_deleted,
        _batch_id,
        _row_number
    from {{ ref('stg_sap__material_version') }}

    union all

    select
        material_source_id as source_id,
        sap_language as said_of,
        cast(null as varchar) as product_number,
        cast(null as varchar) as category_code,
        cast(null as varchar) as unit_of_measure,
        case when not is_deleted then product_name end as product_name,
        version_date,
        is_deleted,
        _batch_id,
        _row_number
    from {{ ref('stg_sap__material_text_version') }}
    where sap_language in ('E', 'D')
),

-- What was said last, up to each row, of the material itself and of its name in either language.
counted as (
    select
        *,
        count(*) filter (where said_of = 'material') over (
            partition by source_id order by _batch_id, _row_number
        ) as material_number,
        count(*) filter (where said_of = 'E') over (partition by source_id order by _batch_id, _row_number) as english_number,
        count(*) filter (where said_of = 'D') over (partition by source_id order by _batch_id, _row_number) as german_number
    from said
),

known as (
    select
        source_id,
        material_number,
        max(product_number) over (partition by source_id, material_number) as product_number,
        max(category_code) over (partition by source_id, material_number) as category_code,
        max(unit_of_measure) over (partition by source_id, material_number) as unit_of_measure,
        max(case when said_of = 'E' then product_name end) over (partition by source_id, english_number) as english_name,
        max(case when said_of = 'D' then product_name end) over (partition by source_id, german_number) as german_name,
        bool_or(said_of = 'material' and is_deleted) over (partition by source_id, material_number) as is_deleted,
        version_date,
        _batch_id,
        _row_number
    from counted
),

-- A name without its material says nothing yet. What a material costs depends on the plant: that is in product_cost_version.
product_version as (
    select
        source_id,
        product_number,
        coalesce(english_name, german_name) as product_name,
        category_code,
        unit_of_measure,
        version_date,
        is_deleted,
        _batch_id,
        _row_number
    from known
    where material_number > 0
)

select * from product_version
