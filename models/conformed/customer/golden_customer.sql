{{ config(materialized='table') }}

{%- set age = ["coalesce(created_date, date '9999-12-31')", 'record_id'] -%}

with

record as (
    select
        *,
        concat_ws('/', source_system, source_id) as record_id
    from {{ ref('customer_record') }}
    where not is_deleted
),

current_version as (
    select * from {{ ref('customer_record_version') }}
    where not is_deleted and valid_to = date '9999-12-31'
),

rule as (
    {{ survivorship_rule() }}
),

survivor as (
    select
        record_version.customer_key,
        {{ surviving_attributes(lineage=true) }}
        cast(count(*) as integer) as source_records
    from current_version as record_version
    cross join rule
    group by record_version.customer_key
),

-- The oldest record of each kind stands for the customer in links to the systems.
link as (
    select
        customer_key,
        min(created_date) as created_date,
        {{ first_by('customer_reference', age, 'customer_reference is not null') }} as customer_number,
        {{ first_by('source_system', age, "record_type = 'account'") }} as crm_system,
        {{ first_by('source_id', age, "record_type = 'account'") }} as crm_source_id,
        {{ first_by('source_system', age, "record_type = 'business_partner'") }} as erp_system,
        {{ first_by('source_id', age, "record_type = 'business_partner'") }} as erp_source_id
    from record
    group by customer_key
),

golden_customer as (
    select
        survivor.*,
        link.created_date,
        link.customer_number,
        link.crm_system,
        link.crm_source_id,
        link.erp_system,
        link.erp_source_id
    from survivor
    inner join link on survivor.customer_key = link.customer_key
)

select * from golden_customer
