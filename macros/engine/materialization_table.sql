{#- A table of the candidate, made anew. Nobody reads a candidate while it is built and a failed one is thrown away: so the old table
    goes first, and none of dbt-duckdb's renaming is needed, which takes longer than most tables do. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ remember_after_batch() }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks) }}
    {%- do drop_relation_if_exists(load_cached_relation(this)) %}
    {% call statement('main', language=model['language']) %}
        {{- create_table_as(False, target_relation, compiled_code, model['language']) }}
    {% endcall %}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
