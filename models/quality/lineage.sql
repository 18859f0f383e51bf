{#- dbt knows what is made of what; this writes it down as rows, where it runs: who only reads the SQL is spared a thousand of them. -#}
{%- set edges = [] -%}
{%- if execute and flags.WHICH in ('run', 'build') -%}
    {%- for node in graph.nodes.values() if node.resource_type in ('model', 'test') -%}
        {%- for parent in node.depends_on.nodes -%}
            {%- set found = graph.nodes.get(parent) or graph.sources.get(parent) -%}
            {%- if found and found.schema != 'control' -%}
                {%- set name = node.name if node.resource_type == 'test' else node.schema ~ '.' ~ node.name -%}
                {%- do edges.append((name, node.resource_type, found.schema ~ '.' ~ found.name, found.resource_type)) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif -%}
with recursive

edge as (
    select
        known.relation,
        known.relation_kind,
        known.upstream,
        known.upstream_kind
    from (
        values
        {%- for edge in edges | sort %}
        ('{{ edge | join("', '") }}'),
        {%- endfor %}
        (cast(null as varchar), cast(null as varchar), cast(null as varchar), cast(null as varchar))
    ) as known (relation, relation_kind, upstream, upstream_kind)
    where known.relation is not null
),

reached as (
    select
        relation,
        relation_kind,
        upstream,
        upstream_kind
    from edge

    union

    select
        reached.relation,
        reached.relation_kind,
        edge.upstream,
        edge.upstream_kind
    from reached
    inner join edge on reached.upstream = edge.relation
),

lineage as (
    select
        reached.relation,
        reached.relation_kind,
        reached.upstream,
        reached.upstream_kind,
        edge.relation is not null as is_direct
    from reached
    left join edge on reached.relation = edge.relation and reached.upstream = edge.upstream
)

select * from lineage
