{#- The instant in UTC at which the clocks in a time zone show the time of day `time` on a date; summer time is kept. -#}
{% macro utc_instant(date, time, time_zone) -%}
    timezone('UTC', timezone({{ time_zone }}, {{ date }} + {{ time }}))
{%- endmacro %}
