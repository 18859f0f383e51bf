{#- Rows with parts of a whole that add up to it exactly: `parts` maps the name of each new column to [whole, unit], the SQL of what is
    shared out (the same in all rows of a group) and the smallest unit that is given (0.01 for cents). Everybody gets the whole units of
    `whole` x `share`; the units left over go, one each, to the largest remainders (Hamilton's method), among equals by `order`.
    `share` is a column whose values add to one in a group. -#}
{% macro share_out(rows, share, parts, group, order) -%}
    {%- set of_group = 'partition by ' ~ group | join(', ') -%}
    select
        counted.*
        {%- for name, (whole, unit) in parts.items() %},
        cast(
            (
                whole_units_{{ name }}
                + case
                    when row_number() over (
                        {{ of_group }} order by exact_units_{{ name }} - whole_units_{{ name }} desc, {{ order | join(', ') }}
                    ) <= total_units_{{ name }} - sum(whole_units_{{ name }}) over ({{ of_group }}) then 1
                    else 0
                end
            ) * cast({{ unit }} as decimal(9, 6)) as decimal(18, 6)
        ) as {{ name }}
        {%- endfor %}
    from (
        select
            exact.*
            {%- for name in parts %},
            cast(floor(exact_units_{{ name }}) as bigint) as whole_units_{{ name }}
            {%- endfor %}
        from (
            select
                {{ rows }}.*
                {%- for name, (whole, unit) in parts.items() %},
                cast({{ whole }} / {{ unit }} as bigint) as total_units_{{ name }},
                round(cast({{ whole }} / {{ unit }} as bigint) * {{ share }}, 4) as exact_units_{{ name }}
                {%- endfor %}
            from {{ rows }}
        ) as exact
    ) as counted
{%- endmacro %}
