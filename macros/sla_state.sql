{#- How it stands with a promise to be done within `target`: met, breached, running or running out (the variable
    sla_running_out_rate); no target where nothing was promised. `used` and `target` in the same unit, `is_done` a condition. -#}
{% macro sla_state(is_done, used, target) -%}
    case
        when {{ target }} is null then 'no target'
        when {{ used }} > {{ target }} then 'breached'
        when {{ is_done }} then 'met'
        when {{ used }} >= {{ target }} * {{ var('sla_running_out_rate') }} then 'running out'
        else 'running'
    end
{%- endmacro %}
