{#- The weights of a bridge add to exactly one for each thing that is shared out; a failing row is one where they do not. -#}
{% test weights_add_to_one(model, weight, of) %}
select
    {{ of }},
    sum({{ weight }}) as weights
from {{ model }}
group by {{ of }}
having sum({{ weight }}) <> 1 or min({{ weight }}) < 0
{% endtest %}
