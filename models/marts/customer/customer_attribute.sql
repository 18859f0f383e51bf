{{ config(materialized='view') }}

{#- attribute, label, and the column that tells the kind of record that its golden value comes from -#}
{%- set attributes = [
    ('customer_name', 'Name', 'customer_name_source'),
    ('given_name', 'Given name', 'given_name_source'),
    ('family_name', 'Family name', 'family_name_source'),
    ('email', 'E-mail', 'email_source'),
    ('phone', 'Telephone', 'phone_source'),
    ('website', 'Website', 'website_source'),
    ('tax_id', 'Tax number', 'tax_id_source'),
    ('industry', 'Industry', 'industry_source'),
    ('street', 'Street', 'address_source'),
    ('postcode', 'Postal code', 'address_source'),
    ('city', 'City', 'address_source'),
    ('country_code', 'Country', 'address_source'),
    ('gender', 'Gender', 'gender_source'),
    ('marital_status', 'Marital status', 'marital_status_source'),
    ('birth_date', 'Date of birth', 'birth_date_source'),
] -%}

with

golden_customer as (
    select * from {{ ref('golden_customer') }}
),

record as (
    select * from {{ ref('customer_record') }}
    where not is_deleted
),

customer_attribute as (
    {% for attribute, label, source in attributes %}
    select
        record.customer_key,
        {{ loop.index }} as attribute_order,
        '{{ label }}' as attribute,
        cast(record.{{ attribute }} as varchar) as attribute_value,
        record.record_type,
        record.source_system,
        record.source_id,
        coalesce(
            golden_customer.{{ source }} = record.record_type
            and record.source_id = case record.record_type
                when 'account' then golden_customer.crm_source_id else golden_customer.erp_source_id
            end
            and record.source_system = case record.record_type
                when 'account' then golden_customer.crm_system else golden_customer.erp_system
            end,
            false
        ) as is_golden
    from record
    inner join golden_customer on record.customer_key = golden_customer.customer_key
    where record.{{ attribute }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from customer_attribute
