{#- A test of many conditions in one reading of the table. `conditions` maps what is promised to the SQL that good rows meet;
    a failing row of the result names a promise and how many rows break it. -#}
{% test rows_hold(model, conditions) %}
with

broken as (
    select
        {%- for condition in conditions.values() %}
        count(*) filter (where ({{ condition }}) is not true) as broken_{{ loop.index }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}
),

promise as (
    {%- for promise in conditions %}
    select
        '{{ promise }}' as promise,
        broken_{{ loop.index }} as broken_rows
    from broken
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from promise
where broken_rows > 0
{% endtest %}
