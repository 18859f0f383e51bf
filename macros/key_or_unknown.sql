{#- The key of what a row names, -1 where it names nothing. `parts` are the columns of the natural key, the last of which may be null. -#}
{% macro key_or_unknown(parts) -%}
    case when {{ parts[-1] }} is null then -1 else {{ surrogate_key(parts) }} end
{%- endmacro %}
