{{ config(materialized='table') }}

with

changed_customer_country as (
    {{ moved_versions('dim_customer', 'customer_version', 'country_code') }}
)

select * from changed_customer_country
