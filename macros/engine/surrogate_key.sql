{#- The key of a record: the first 15 hexadecimal digits of md5 over its natural key, as a bigint (60 bits).
    The same on every engine and in every version. `parts` are SQL expressions of text. -#}
{% macro surrogate_key(parts) -%}
    cast('0x' || substr(md5(concat_ws('|', {{ parts | join(', ') }})), 1, 15) as bigint)
{%- endmacro %}
