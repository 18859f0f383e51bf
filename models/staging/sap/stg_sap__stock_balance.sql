{{ config(materialized='view') }}

with

stock as (
    select
        material_source_id,
        warehouse_code,
        cast(sum(quantity) filter (where not is_deleted) as decimal(18, 3)) as quantity,
        bool_and(is_deleted) as is_deleted,
        max(_batch_id) as _batch_id
    from {{ ref('stg_sap__stock_in_location') }}
    group by material_source_id, warehouse_code
),

-- What several plants value together cannot be told apart. Plants are few: the news of one concern the stock of all.
plant as (
    select
        warehouse_code,
        valuation_area,
        count(*) over (partition by valuation_area) as plants_in_area
    from {{ ref('stg_sap__plant') }}
    where not is_deleted
),

plant_news as (
    select max(_batch_id) as _batch_id
    from {{ ref('stg_sap__plant') }}
),

currency as (
    select
        area.source_id as valuation_area,
        company.company_currency,
        greatest(area._batch_id, coalesce(company._batch_id, 0)) as _batch_id
    from {{ ref('stg_sap__valuation_area') }} as area
    left join {{ ref('stg_sap__company') }} as company on area.company_code = company.source_id
),

shift as (
    {{ sap_currency_shift() }}
),

valuation as (
    select
        valuation.material_source_id,
        plant.warehouse_code,
        currency.company_currency,
        case
            when not valuation.is_deleted
                then cast(valuation.stored_stock_value * coalesce(shift.factor, 1) as decimal(18, 2))
        end as stock_value_company,
        greatest(valuation._batch_id, coalesce(currency._batch_id, 0), coalesce(shift._batch_id, 0)) as _batch_id
    from {{ ref('stg_sap__material_valuation') }} as valuation
    inner join plant on valuation.valuation_area = plant.valuation_area and plant.plants_in_area = 1
    left join currency on valuation.valuation_area = currency.valuation_area
    left join shift on currency.company_currency = shift.currency_code
),

stock_balance as (
    select
        concat_ws('/', stock.material_source_id, stock.warehouse_code) as source_id,
        {{ unpadded('stock.material_source_id') }} as product_number,
        stock.warehouse_code,
        stock.quantity,
        valuation.stock_value_company,
        valuation.company_currency,
        stock.is_deleted,
        greatest(stock._batch_id, coalesce(valuation._batch_id, 0), coalesce(plant_news._batch_id, 0)) as _batch_id
    from stock
    cross join plant_news
    left join valuation
        on stock.material_source_id = valuation.material_source_id and stock.warehouse_code = valuation.warehouse_code
)

select * from stock_balance
