{#- What a thing is shared out into adds up to it, once for each value of `by`, and nothing is left out; a failing row is one where it does not.
    `of` are the columns of its key, `to` the relation that has the `whole`. -#}
{% test shares_add_up(model, share, of, by, to, whole) %}
with

shared as (
    select
        {{ of | join(', ') }},
        {{ by }},
        sum({{ share }}) as shares
    from {{ model }}
    group by {{ of | join(', ') }}, {{ by }}
),

way as (
    select distinct {{ by }} from {{ model }}
)

select
    {% for column in of %}entire.{{ column }}, {% endfor %}
    way.{{ by }},
    entire.{{ whole }},
    shared.shares
from {{ to }} as entire
cross join way
left join shared
    on
        way.{{ by }} = shared.{{ by }}
        {% for column in of %}and entire.{{ column }} = shared.{{ column }} {% endfor %}
where shared.shares is distinct from entire.{{ whole }}
{% endtest %}
