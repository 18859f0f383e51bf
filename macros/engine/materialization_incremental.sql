{#- A table of the candidate that keeps its rows and gets those of the new batches. With a `unique_key` new rows take the place of those
    with the same key; without one they are added (what they replace is deleted by a hook before). A candidate is private and its shape
    is that of the models it was begun with: dbt-duckdb's renaming and its look for changed columns are left out. -#}
{% materialization incremental, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set language = model['language'] -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set key = config.get('unique_key') -%}
    {%- set is_new = existing_relation is none or existing_relation.is_view or should_full_refresh() -%}
    {{ remember_after_batch() }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks) }}
    {%- if is_new %}
    {%- do drop_relation_if_exists(existing_relation) %}
    {% call statement('main', language=language) %}
        {{- create_table_as(False, target_relation, compiled_code, language) }}
    {% endcall %}
    {%- elif language == 'sql' and not key %}
    {%- if config.get('contract').enforced %}{% do get_assert_columns_equivalent(compiled_code) %}{% endif %}
    {% call statement('main') %}
        insert into {{ target_relation }} by name (
            {{ compiled_code }}
        )
    {% endcall %}
    {%- else %}
    {%- set news = make_temp_relation(target_relation).incorporate(path={'schema': none, 'database': none}) -%}
    {% call statement('news', language=language) %}
        {{- create_table_as(True, news, compiled_code, language) }}
    {% endcall %}
    {% call statement('main') %}
        {%- if key %}
        delete from {{ target_relation }}
        where ({{ ([key] if key is string else key) | join(', ') }}) in (
            select ({{ ([key] if key is string else key) | join(', ') }})
            from {{ news }}
        );
        {%- endif %}
        insert into {{ target_relation }} by name
        from {{ news }};
        drop table {{ news }}
    {% endcall %}
    {%- endif %}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() %}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
