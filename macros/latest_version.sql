{#- The latest version of each source row among the batches that this build takes in, deleted ones included.
    Later batches win, and within a batch later rows. -#}
{% macro latest_version(relation, key) -%}
    {{ latest_by(relation, key, ['_batch_id desc', '_row_number desc']) }}
{%- endmacro %}
