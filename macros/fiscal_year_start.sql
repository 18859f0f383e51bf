{#- The first day of the fiscal year that belongs to the calendar year `year`: the first of start_month, or in years of weeks a
    week_start_day near it. Columns are those of the seed fiscal_calendar. -#}
{% macro fiscal_year_start(year) -%}
{%- set first = 'make_date(' ~ year ~ ', start_month, 1)' -%}
{%- set days_since = 'cast((' ~ iso_weekday(first) ~ ' - week_start_day + 7) % 7 as integer)' -%}
case
        when kind = 'calendar' then {{ first }}
        when year_start_rule = 'on_or_before' or (year_start_rule = 'nearest' and {{ days_since }} <= 3) then {{ first }} - {{ days_since }}
        else {{ first }} + (7 - {{ days_since }}) % 7
    end
{%- endmacro %}
