{#- Whether a version of a customer is of another country than in the version of the warehouse before, one of a product of another
    category, or either is gone: lines that did not change then count elsewhere. -#}
{% macro markets_moved() -%}
{%- set after = after_batch(of_rows=true) -%}
    exists(select 1 from {{ ref('changed_customer_country') }} where _batch_id > {{ after }})
    or exists(select 1 from {{ ref('changed_product_category') }} where _batch_id > {{ after }})
    or exists(select 1 from {{ ref('product_category') }} where _batch_id > {{ after }})
{%- endmacro %}
