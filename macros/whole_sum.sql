{#- The sum of `amount` where all of it is known; null where one amount is unknown, for the sum of the others is not the sum. -#}
{% macro whole_sum(amount) -%}
    case when count(*) = count({{ amount }}) then sum({{ amount }}) end
{%- endmacro %}
