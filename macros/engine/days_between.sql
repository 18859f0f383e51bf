{#- One row a day, as the column `day`, from the date in `first` to the date in `last` of the relation `bounds`; none where one is null. -#}
{% macro days_between(bounds, first, last) -%}
    select cast(unnest(generate_series({{ first }}, {{ last }}, interval 1 day)) as date) as day
    from {{ bounds }}
{%- endmacro %}
