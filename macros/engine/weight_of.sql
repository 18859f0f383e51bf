{#- A number that belongs to a document, to be multiplied with its amounts: where all documents of a part add up to nothing the products
    do too, and where any does not, they do not either, unless 32 bits agree by chance. So documents that are out of balance are found
    without adding up each. Made and compared in one query only, as fingerprints are. -#}
{% macro weight_of(document) -%}
    cast((hash({{ document }}) >> 32) + 1 as bigint)
{%- endmacro %}

{#- The part of the documents, one of 256, that a document is in by chance: of a large company each period has some that are out of
    balance, and few parts of a period do. -#}
{% macro part_of_documents(document) -%}
    cast(hash({{ document }}) % 256 as smallint)
{%- endmacro %}
