{#- The attributes of a golden customer, by the rules of the seed survivorship. -#}
{% macro golden_attributes() -%}
    {{ return([
        'customer_name', 'is_person', 'given_name', 'family_name', 'email', 'phone', 'website', 'tax_id', 'industry', 'street',
        'city', 'postcode', 'country_code', 'gender', 'marital_status', 'birth_date',
    ]) }}
{%- endmacro %}

{#- The surviving values in a group of records, and with `lineage` the record that each comes from (<attribute>_from).
    A record is a row with those attributes, record_type, record_id (text), version_date, created_date and filled (how many
    attributes it has). Records of the kind that the rule believes first come first, then the latest, oldest or fullest.
    Parts of an address come from one record: the first that has a country. -#}
{% macro surviving_attributes(lineage=false) -%}
    {%- for attribute in golden_attributes() %}
    {%- set is_address = attribute in ['street', 'city', 'postcode', 'country_code'] %}
    {%- set rule = 'address' if is_address else attribute %}
    {%- set order = [
        "case when record_type = rule." ~ rule ~ "_believed_first then 0 else 1 end",
        "case rule." ~ rule ~ "_then_by"
        ~ " when 'latest' then date '1900-01-01' - version_date when 'fullest' then -filled"
        ~ " else coalesce(created_date, date '9999-12-31') - date '1900-01-01' end",
        'record_id',
    ] %}
    {%- set condition = ('country_code' if is_address else attribute) ~ ' is not null' %}
    {{ first_by(attribute, order, condition) }} as {{ attribute }},
    {%- if lineage %}
    {{ first_by('record_id', order, condition) }} as {{ attribute }}_from,
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#- The rules of survivorship in one row: <attribute>_believed_first and <attribute>_then_by. -#}
{% macro survivorship_rule() -%}
    select
        {%- for attribute in golden_attributes() + ['address'] if attribute not in ['street', 'city', 'postcode', 'country_code'] %}
        max(believed_first) filter (where attribute = '{{ attribute }}') as {{ attribute }}_believed_first,
        max(then_by) filter (where attribute = '{{ attribute }}') as {{ attribute }}_then_by{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('survivorship') }}
{%- endmacro %}
