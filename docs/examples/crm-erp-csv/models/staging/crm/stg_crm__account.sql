{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_crm', 'cust_info'), ['cst_id']) }}
),

account as (
    select
        cast(cst_id as varchar) as source_id,
        {{ customer_reference('cst_key') }} as customer_reference,
        nullif(concat_ws(' ', {{ clean_text('cst_firstname') }}, {{ clean_text('cst_lastname') }}), '') as customer_name,
        {{ clean_text('cst_firstname') }} as given_name,
        {{ clean_text('cst_lastname') }} as family_name,
        true as is_person,
        {{ gender('cst_gndr') }} as gender,
        case upper(trim(cst_marital_status)) when 'M' then 'married' when 'S' then 'single' end as marital_status,
        cst_create_date as created_date,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from account
