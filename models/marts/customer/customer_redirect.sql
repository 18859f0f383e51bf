{{ config(materialized='view') }}

with

-- A customer is named after its oldest record: each record that is another customer's now may have been a customer of its own.
customer_redirect as (
    select
        own_key as old_customer_key,
        customer_key
    from {{ ref('customer_identity') }}
    where own_key <> customer_key
)

select * from customer_redirect
