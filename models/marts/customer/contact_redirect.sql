{{ config(materialized='view') }}

with

-- A person is named after the oldest contact: each contact that is another person's now may have been a person of its own.
contact_redirect as (
    select
        own_key as old_contact_key,
        contact_key
    from {{ ref('contact_identity') }}
    where own_key <> contact_key
)

select * from contact_redirect
