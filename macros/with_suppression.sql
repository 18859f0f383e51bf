{#- Rows with is_suppressed: whether a figure of the row would tell what single people have. A group of fewer people than the variable
    smallest_people_group is; and so that it cannot be told by taking the others from the whole, the next smallest ones are too, until
    two groups with that many people together are hidden. `whole` are the columns of the whole that is known, `order` tells equals
    apart, `is_whole_hidden` is a condition under which groups are hidden although none is small: that the whole itself must not be told. -#}
{% macro with_suppression(rows, people, whole, order, is_whole_hidden='false') -%}
    select
        sized.*,
        {{ people }} < {{ var('smallest_people_group') }}
        or (
            (smallest_group < {{ var('smallest_people_group') }} or {{ is_whole_hidden }})
            and (size_rank <= 2 or smaller_people < {{ var('smallest_people_group') }})
        ) as is_suppressed
    from (
        select
            {{ rows }}.*,
            min({{ people }}) over (partition by {{ whole | join(', ') }}) as smallest_group,
            row_number() over (partition by {{ whole | join(', ') }} order by {{ people }}, {{ order | join(', ') }}) as size_rank,
            sum({{ people }}) over (
                partition by {{ whole | join(', ') }} order by {{ people }}, {{ order | join(', ') }}
                rows between unbounded preceding and current row
            ) - {{ people }} as smaller_people
        from {{ rows }}
    ) as sized
{%- endmacro %}
