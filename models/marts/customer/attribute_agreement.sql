with

{%- set attributes = {
    'name': ['name_key', 'customer_name'],
    'country': ['country', 'country_code'],
    'postcode': ['postcode', 'postcode'],
    'city': ['city', 'city'],
    'tax_id': ['tax_id', 'tax_id'],
    'phone': ['phone', 'phone'],
} %}

record as (
    select
        *,
        concat_ws('/', source_system, source_id) as record_id
    from {{ ref('customer_record') }}
    where not is_deleted
),

standard as (
    select * from {{ ref('customer_standard') }}
),

-- Records that share a number are never matched, and so not standardised: a customer that has such records is compared by letters
-- and digits.
compared as (
    select
        record.*,
        {%- for attribute, (standardised, written) in attributes.items() %}
        standard.{{ standardised }} as standard_{{ attribute }},
        {%- endfor %}
        bool_and(standard.id is not null) over (partition by record.customer_key) as is_standardised
    from record
    left join standard on record.record_id = standard.id
),

said as (
    {%- for attribute, (standardised, written) in attributes.items() %}
    select
        customer_key,
        record_type,
        record_id,
        '{{ attribute }}' as attribute,
        {{ written }} as written_value,
        case
            when is_standardised then cast(standard_{{ attribute }} as varchar)
            else {{ letters_and_digits(written) }}
        end as compared_value
    from compared
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

held as (
    select * from said
    where compared_value is not null
),

-- CRM and ERP agree when any record of the one says what any record of the other says.
agreed as (
    select distinct
        crm.customer_key,
        crm.attribute
    from held as crm
    inner join held as erp
        on
            crm.customer_key = erp.customer_key
            and crm.attribute = erp.attribute
            and crm.compared_value = erp.compared_value
    where crm.record_type = 'account' and erp.record_type = 'business_partner'
),

pair as (
    select
        customer_key,
        attribute,
        {{ list_text('written_value', "record_type = 'account'") }} as crm_value,
        {{ list_text('written_value', "record_type = 'business_partner'") }} as erp_value,
        {{ list_text('record_id', "record_type = 'account'") }} as crm_records,
        {{ list_text('record_id', "record_type = 'business_partner'") }} as erp_records
    from held
    group by customer_key, attribute
    having count(distinct record_type) = 2
),

judged as (
    select
        pair.*,
        agreed.customer_key is null as is_conflict
    from pair
    left join agreed on pair.customer_key = agreed.customer_key and pair.attribute = agreed.attribute
),

-- Where town and postcode both differ the systems hold two addresses, such as an office and a works: both may be right.
placed as (
    select
        *,
        count(*) filter (where is_conflict and attribute in ('postcode', 'city')) over (partition by customer_key) = 2
            as has_other_address
    from judged
),

attribute_agreement as (
    select
        customer_key,
        attribute,
        crm_value,
        erp_value,
        crm_records,
        erp_records,
        is_conflict,
        is_conflict and attribute in ('postcode', 'city') and has_other_address as is_other_address
    from placed
)

select * from attribute_agreement
