{#- A number that belongs to a document, to be multiplied with its amounts: where all documents of a cell add up to nothing the products
    do too, and where any does not, they do not either, unless 32 bits agree by chance. So documents that are out of balance are found
    without adding up each. Made and compared in one query only, as fingerprints are. -#}
{% macro weight_of(document) -%}
    cast((hash({{ document }}) >> 32) + 1 as bigint)
{%- endmacro %}
