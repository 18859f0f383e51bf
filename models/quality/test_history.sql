with

test_history as (
    select
        check_name,
        status,
        failures,
        first_at,
        last_at,
        runs
    from {{ source('control', 'check_outcome') }}
)

select * from test_history
