{#- The texts of a group as one, with '; ' between them, in the ascending order of the numbers in `order`; null where there is none. An
    aggregate. Sorted as lists: an aggregate that orders by itself costs three times as much. -#}
{% macro list_in_order(value, order) -%}
    nullif(array_to_string(list_transform(
        list_sort(list(struct_pack({% for number in order %}place_{{ loop.index }} := {{ number }}, {% endfor %}said := {{ value }}))),
        lambda entry: struct_extract(entry, 'said')
    ), '; '), '')
{%- endmacro %}
