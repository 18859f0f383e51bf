with

product as (
    select distinct
        product_key,
        source_system,
        product_number
    from {{ ref('product_history') }}
),

cost as (
    select
        product.product_key,
        cost.*,
        min(cost.known_from) over (partition by cost.cost_place_key) as place_known_from
    from {{ ref('product_cost') }} as cost
    inner join product on cost.source_system = product.source_system and cost.product_number = product.product_number
    where cost.company_currency = '{{ var("group_currency") }}'
),

event as (
    select distinct
        product_key,
        valid_from
    from cost
),

-- Of several warehouses the one that was known first is believed: so a new one does not restate the past.
state as (
    select
        event.product_key,
        cost.source_system,
        cost.product_number,
        event.valid_from,
        {{ first_by(
            'cost.unit_cost_company',
            ['cost.place_known_from', "coalesce(cost.warehouse_code, '')"],
            'cost.unit_cost_company is not null',
        ) }} as unit_cost_group
    from event
    inner join cost
        on
            event.product_key = cost.product_key
            and event.valid_from >= cost.valid_from
            and event.valid_from < cost.valid_to
    group by event.product_key, cost.source_system, cost.product_number, event.valid_from
),

compared_state as (
    select
        *,
        row_number() over (partition by product_key order by valid_from) = 1 as is_first,
        lag(unit_cost_group) over (partition by product_key order by valid_from) as cost_before
    from state
),

dim_product_cost as (
    select
        product_key,
        source_system,
        product_number,
        unit_cost_group,
        valid_from,
        coalesce(lead(valid_from) over (partition by product_key order by valid_from), date '9999-12-31') as valid_to,
        lead(valid_from) over (partition by product_key order by valid_from) is null as is_current
    from compared_state
    where is_first or unit_cost_group is distinct from cost_before
)

select * from dim_product_cost
