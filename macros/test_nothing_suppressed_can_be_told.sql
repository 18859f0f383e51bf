{#- Where something of a whole is suppressed, what is hidden is more than one group and as many people as the variable
    smallest_people_group says, unless that is all there is; a failing row is a whole of which it can be told by taking off what is shown.
    `people` is the column with their number, `whole` the columns of the whole, `of` the rows that make it up. -#}
{% test nothing_suppressed_can_be_told(model, people, whole, of='true') %}
select
    {{ whole | join(', ') }},
    count(*) filter (where is_suppressed) as hidden_groups,
    sum({{ people }}) filter (where is_suppressed) as hidden_people
from {{ model }}
where {{ of }}
group by {{ whole | join(', ') }}
having
    count(*) filter (where not is_suppressed) > 0
    and count(*) filter (where is_suppressed) > 0
    and (
        count(*) filter (where is_suppressed) < 2
        or sum({{ people }}) filter (where is_suppressed) < {{ var('smallest_people_group') }}
    )
{% endtest %}
