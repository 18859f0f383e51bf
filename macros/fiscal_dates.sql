{#- The place of each day in each fiscal calendar. `days` is a relation with the column calendar_date, `calendars` one with the
    columns of the seed fiscal_calendar. Gives calendar_code, calendar_date, fiscal_year, fiscal_quarter, fiscal_period,
    fiscal_week, and the first and the last day of the period and of the year. Weeks count from the first day of the year. -#}
{% macro fiscal_dates(days, calendars) -%}
    with

    -- A year that begins in a week may begin in December before it.
    candidate as (
        select
            days.calendar_date,
            calendar.*,
            cast(extract(year from days.calendar_date) as integer) as calendar_year
        from {{ days }} as days
        cross join {{ calendars }} as calendar
    ),

    started as (
        select
            *,
            {{ fiscal_year_start('calendar_year - 1') }} as start_before,
            {{ fiscal_year_start('calendar_year') }} as start_now,
            {{ fiscal_year_start('calendar_year + 1') }} as start_after,
            {{ fiscal_year_start('calendar_year + 2') }} as start_last
        from candidate
    ),

    in_year as (
        select
            *,
            case
                when calendar_date >= start_after then start_after
                when calendar_date >= start_now then start_now
                else start_before
            end as fiscal_year_start,
            case
                when calendar_date >= start_after then start_last
                when calendar_date >= start_now then start_after
                else start_now
            end as next_year_start,
            case
                when calendar_date >= start_after then calendar_year + 1
                when calendar_date >= start_now then calendar_year
                else calendar_year - 1
            end
            + case when year_named_after = 'end' and start_month > 1 then 1 else 0 end as fiscal_year
        from started
    ),

    -- The weeks of a quarter's first period, and of its first two; and the weeks before the one that may be too many.
    of_weeks as (
        select
            *,
            cast(floor((calendar_date - fiscal_year_start) / 7) as integer) as weeks_before,
            case when kind = '5-4-4' then 5 else 4 end as one_period,
            case when kind = '4-4-5' then 8 else 9 end as two_periods,
            next_year_start - fiscal_year_start > 364 as has_week_53
        from in_year
    ),

    in_week as (
        select
            *,
            weeks_before
            - case
                when
                    has_week_53
                    and weeks_before >= cast(floor((week_53_period - 1) / 3) as integer) * 13
                    + case (week_53_period - 1) % 3 when 0 then one_period when 1 then two_periods else 13 end
                    then 1
                else 0
            end as usual_weeks_before
        from of_weeks
    ),

    in_quarter as (
        select
            *,
            cast(floor(usual_weeks_before / 13) as integer) as quarters_before,
            usual_weeks_before % 13 as weeks_of_quarter_before
        from in_week
    ),

    in_period as (
        select
            *,
            case
                when kind = 'calendar' then cast((extract(month from calendar_date) - start_month + 12) % 12 as integer) + 1
                else quarters_before * 3 + case
                    when weeks_of_quarter_before < one_period then 1
                    when weeks_of_quarter_before < two_periods then 2
                    else 3
                end
            end as fiscal_period,
            quarters_before * 13 + case
                when weeks_of_quarter_before < one_period then 0
                when weeks_of_quarter_before < two_periods then one_period
                else two_periods
            end as usual_weeks_before_period,
            case
                when weeks_of_quarter_before < one_period then one_period
                when weeks_of_quarter_before < two_periods then two_periods - one_period
                else 13 - two_periods
            end as usual_weeks_of_period
        from in_quarter
    ),

    bounded as (
        select
            *,
            case
                when kind = 'calendar' then cast(date_trunc('month', calendar_date) as date)
                else fiscal_year_start
                    + 7 * (usual_weeks_before_period + case when has_week_53 and fiscal_period > week_53_period then 1 else 0 end)
            end as fiscal_period_start,
            7 * (usual_weeks_of_period + case when has_week_53 and fiscal_period = week_53_period then 1 else 0 end) as days_of_period
        from in_period
    )

    select
        calendar_code,
        calendar_date,
        fiscal_year,
        cast(floor((fiscal_period - 1) / 3) as integer) + 1 as fiscal_quarter,
        fiscal_period,
        weeks_before + 1 as fiscal_week,
        fiscal_period_start,
        case
            when kind = 'calendar' then cast(fiscal_period_start + interval 1 month as date) - 1
            else fiscal_period_start + days_of_period - 1
        end as fiscal_period_end,
        fiscal_year_start,
        next_year_start - 1 as fiscal_year_end
    from bounded
{%- endmacro %}
