{#- Rows with, for each of the columns `instants`, the seconds of business hours that had passed by then since the calendar began:
    <instant>_business_seconds, null where there is no instant. What lies between two instants is the difference of theirs.
    Of business hours the last that had begun is joined, and no range is looked for: that is quadratic in most plans. -#}
{% macro with_business_time(rows, instants) -%}
    select
        {{ rows }}.*
        {%- for instant in instants %},
        {{ instant }}_hour.seconds_before
        + {{ seconds_between(instant ~ '_hour.opens_at', 'least(' ~ rows ~ '.' ~ instant ~ ', ' ~ instant ~ '_hour.closes_at)') }}
            as {{ instant }}_business_seconds
        {%- endfor %}
    from {{ rows }}
    {%- for instant in instants %}
    asof left join {{ ref('business_hour') }} as {{ instant }}_hour
        on {{ rows }}.{{ instant }} >= {{ instant }}_hour.opens_at
    {%- endfor %}
{%- endmacro %}
