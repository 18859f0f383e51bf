{{ config(materialized='view') }}

with

person as (
    select * from {{ ref('stg_erp__person') }}
),

location as (
    select * from {{ ref('stg_erp__location') }}
),

business_partner as (
    select
        coalesce(person.customer_reference, location.customer_reference) as source_id,
        coalesce(person.customer_reference, location.customer_reference) as customer_reference,
        true as is_person,
        case when not person.is_deleted then person.birth_date end as birth_date,
        case when not person.is_deleted then person.gender end as gender,
        case when not location.is_deleted then location.country_code end as country_code,
        coalesce(person.is_deleted, true) and coalesce(location.is_deleted, true) as is_deleted,
        greatest(coalesce(person._batch_id, 0), coalesce(location._batch_id, 0)) as _batch_id
    from person
    full outer join location on person.customer_reference = location.customer_reference
)

select * from business_partner
