{#- female, male or null, from the ways in which systems write it. -#}
{% macro gender(column) -%}
    case
        when upper(trim({{ column }})) in ('F', 'FEMALE') then 'female'
        when upper(trim({{ column }})) in ('M', 'MALE') then 'male'
    end
{%- endmacro %}
