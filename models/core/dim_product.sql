-- depends_on: {{ ref('changed_product_key') }}, {{ ref('changed_product_version') }}, {{ ref('changed_product_category') }}

with

category as (
    select
        category_code,
        min(category_name) as category_name,
        min(subcategory_name) as subcategory_name
    from {{ ref('product_category') }}
    where not is_deleted
    group by category_code
),

version as (
    select * from {{ ref('product_history') }}
),

-- What it costs where warehouses value it changes more often than what it is: each version has its last cost.
last_cost as (
    select
        version.product_version_key,
        cost.unit_cost_group
    from version
    inner join {{ ref('dim_product_cost') }} as cost
        on
            version.product_key = cost.product_key
            and version.valid_to > cost.valid_from
            and version.valid_to <= cost.valid_to
),

known_product as (
    select
        version.product_key,
        version.product_version_key,
        version.source_system,
        version.source_id,
        version.product_number,
        coalesce(version.product_name, version.product_number) as product_name,
        version.category_code,
        coalesce(category.category_name, 'Unknown') as category_name,
        coalesce(category.subcategory_name, 'Unknown') as subcategory_name,
        version.product_line,
        version.unit_of_measure,
        coalesce(version.unit_cost_group, last_cost.unit_cost_group) as unit_cost_group,
        version.valid_from,
        version.valid_to,
        version.valid_to = date '9999-12-31' as is_current
    from version
    left join category on version.category_code = category.category_code
    left join last_cost on version.product_version_key = last_cost.product_version_key
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
