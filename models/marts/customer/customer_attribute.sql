{{ config(materialized='view') }}

{%- set labels = {
    'customer_name': 'Name',
    'given_name': 'Given name',
    'family_name': 'Family name',
    'email': 'E-mail',
    'phone': 'Telephone',
    'website': 'Website',
    'tax_id': 'Tax number',
    'industry': 'Industry',
    'street': 'Street',
    'postcode': 'Postal code',
    'city': 'City',
    'country_code': 'Country',
    'gender': 'Gender',
    'marital_status': 'Marital status',
    'birth_date': 'Date of birth',
} %}

with

golden_customer as (
    select * from {{ ref('golden_customer') }}
),

record as (
    select * from {{ ref('customer_record') }}
    where not is_deleted
),

rule as (
    select * from {{ ref('survivorship') }}
),

customer_attribute as (
    {% for attribute, label in labels.items() %}
    {%- set rule = 'address' if attribute in ['street', 'postcode', 'city', 'country_code'] else attribute %}
    select
        record.customer_key,
        {{ loop.index }} as attribute_order,
        '{{ label }}' as attribute,
        cast(record.{{ attribute }} as varchar) as attribute_value,
        record.record_type,
        record.source_system,
        record.source_id,
        golden_customer.{{ attribute }}_from = concat_ws('/', record.source_system, record.source_id) as is_golden,
        rule.reason
    from record
    inner join golden_customer on record.customer_key = golden_customer.customer_key
    left join rule on rule.attribute = '{{ rule }}'
    where record.{{ attribute }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from customer_attribute
