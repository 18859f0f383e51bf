{#- What products cost over time, in the columns of product_cost. `products` is a CTE with source_system and product_number: only
    those of it; without it all.
    A cost holds from the day on which it was known until the next one; the first one also for everything before it. What comes
    late is dated with the day before which it was not known. A cost that is gone leaves null to its days, and not the past. -#}
{% macro product_cost_over_time(products=none) -%}
    with

    said as (
        select
            version.source_system,
            version.source_id,
            version.product_number,
            version.warehouse_code,
            case when not version.is_deleted then version.unit_cost_company end as unit_cost_company,
            version.company_currency,
            version.is_deleted,
            max(coalesce(version.version_date, date '1900-01-01')) over (
                partition by version.source_system, version.source_id order by version._batch_id, version._row_number
            ) as known_from,
            version._batch_id,
            version._row_number
        from {{ ref('product_cost_version') }} as version
        {%- if products %}
        inner join {{ products }} as wanted
            on version.source_system = wanted.source_system and version.product_number = wanted.product_number
        {%- endif %}
    ),

    said_of_day as (
        {{ latest_by(
            'said',
            ['source_system', 'product_number', 'warehouse_code', 'known_from'],
            ['_batch_id desc', '_row_number desc', 'source_id desc'],
        ) }}
    ),

    known as (
        select
            *,
            min(known_from) filter (where not is_deleted) over (
                partition by source_system, product_number, warehouse_code
            ) as first_known_from
        from said_of_day
    ),

    -- A system that has one cost for all warehouses says it of the product, in group currency.
    cost as (
        select
            source_system,
            product_number,
            warehouse_code,
            unit_cost_company,
            company_currency,
            known_from
        from known
        where known_from >= first_known_from

        union all

        select
            history.source_system,
            history.product_number,
            cast(null as varchar) as warehouse_code,
            history.unit_cost_group as unit_cost_company,
            '{{ var("group_currency") }}' as company_currency,
            history.valid_from as known_from
        from {{ ref('product_history') }} as history
        {%- if products %}
        inner join {{ products }} as wanted
            on history.source_system = wanted.source_system and history.product_number = wanted.product_number
        {%- endif %}
    ),

    keyed as (
        select
            *,
            {{ surrogate_key(["'product_cost'", 'source_system', 'product_number', "coalesce(warehouse_code, '')"]) }} as cost_place_key,
            concat_ws('|', coalesce(cast(unit_cost_company as varchar), '-'), coalesce(company_currency, '-')) as said
        from cost
    ),

    compared as (
        select
            *,
            lag(said) over (partition by cost_place_key order by known_from) as said_before
        from keyed
    ),

    bounded as (
        select
            *,
            case when said_before is null then date '1900-01-01' else known_from end as valid_from,
            coalesce(lead(known_from) over (partition by cost_place_key order by known_from), date '9999-12-31') as valid_to,
            max(unit_cost_company) over (partition by cost_place_key) as highest_cost
        from compared
        where said_before is null or said <> said_before
    )

    -- Where nothing was ever known there is nothing to say.
    select
        {{ surrogate_key(['cast(cost_place_key as varchar)', 'valid_from']) }} as product_cost_key,
        cost_place_key,
        source_system,
        product_number,
        warehouse_code,
        unit_cost_company,
        company_currency,
        known_from,
        valid_from,
        valid_to,
        valid_to = date '9999-12-31' as is_current
    from bounded
    where highest_cost is not null
{%- endmacro %}
