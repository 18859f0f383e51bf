-- depends_on: {{ ref('changed_product_key') }}

with

product as (
    select
        *,
        coalesce(start_date, date '1900-01-01') as start_date_or_ever
    from {{ ref('product') }}
    where not is_deleted
),

category as (
    select
        category_code,
        min(category_name) as category_name,
        min(subcategory_name) as subcategory_name
    from {{ ref('product_category') }}
    where not is_deleted
    group by category_code
),

-- A version holds until the next one starts; the first one also for everything before it, the last one for ever.
version as (
    select
        *,
        lag(start_date_or_ever) over (
            partition by source_system, product_number order by start_date_or_ever, source_id
        ) as previous_start,
        lead(start_date_or_ever) over (
            partition by source_system, product_number order by start_date_or_ever, source_id
        ) as next_start
    from product
),

known_product as (
    select
        {{ surrogate_key(["'product'", 'version.source_system', 'version.product_number']) }} as product_key,
        {{ surrogate_key(["'product_version'", 'version.source_system', 'version.source_id']) }} as product_version_key,
        version.source_system,
        version.source_id,
        version.product_number,
        coalesce(version.product_name, version.product_number) as product_name,
        version.category_code,
        coalesce(category.category_name, 'Unknown') as category_name,
        coalesce(category.subcategory_name, 'Unknown') as subcategory_name,
        version.product_line,
        version.unit_of_measure,
        version.unit_cost_group,
        case when version.previous_start is null then date '1900-01-01' else version.start_date_or_ever end as valid_from,
        coalesce(version.next_start, date '9999-12-31') as valid_to,
        version.next_start is null as is_current
    from version
    left join category on version.category_code = category.category_code
),

unknown_product as (
    select
        -1 as product_key,
        -1 as product_version_key,
        cast(null as varchar) as source_system,
        cast(null as varchar) as source_id,
        cast(null as varchar) as product_number,
        'Unknown' as product_name,
        cast(null as varchar) as category_code,
        'Unknown' as category_name,
        'Unknown' as subcategory_name,
        cast(null as varchar) as product_line,
        cast(null as varchar) as unit_of_measure,
        cast(null as decimal(18, 6)) as unit_cost_group,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to,
        true as is_current
),

dim_product as (
    select * from known_product

    union all

    select * from unknown_product
)

select * from dim_product
