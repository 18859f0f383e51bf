{{ config(meta={'made_of': ['case', 'interaction']}) }}

with

today as (
    select
        as_of_date,
        cast(as_of_date - interval 12 months as date) as year_before_date
    from {{ ref('as_of') }}
),

case_total as (
    select
        service_case.customer_key,
        count(*) as cases,
        count(*) filter (where not service_case.is_closed) as open_cases,
        count(*) filter (where service_case.opened_date > today.year_before_date) as cases_last_12_months,
        count(*) filter (
            where service_case.is_escalated and service_case.opened_date > today.year_before_date
        ) as escalated_cases_last_12_months,
        sum(service_case.reopened_count) as reopenings,
        avg(service_case.satisfaction_score) as satisfaction,
        avg(service_case.satisfaction_score) filter (
            where service_case.opened_date > today.year_before_date
        ) as satisfaction_last_12_months,
        max(service_case.opened_date) as last_case_date
    from {{ ref('fct_case') }} as service_case
    cross join today
    group by service_case.customer_key
),

-- A meeting is never ticked off: it took place when its day has passed. What is only planned is no contact.
interaction_total as (
    select
        interaction.customer_key,
        count(*) filter (where interaction.interaction_date > today.year_before_date) as interactions_last_12_months,
        max(interaction.interaction_date) as last_interaction_date
    from {{ ref('fct_interaction') }} as interaction
    cross join today
    where coalesce(interaction.is_done, true) and interaction.interaction_date <= today.as_of_date
    group by interaction.customer_key
),

customer as (
    select customer_key from case_total

    union

    select customer_key from interaction_total
),

customer_service as (
    select
        customer.customer_key,
        coalesce(case_total.cases, 0) as cases,
        coalesce(case_total.open_cases, 0) as open_cases,
        coalesce(case_total.cases_last_12_months, 0) as cases_last_12_months,
        coalesce(case_total.escalated_cases_last_12_months, 0) as escalated_cases_last_12_months,
        cast(coalesce(case_total.reopenings, 0) as bigint) as reopenings,
        case_total.satisfaction,
        case_total.satisfaction_last_12_months,
        case_total.last_case_date,
        coalesce(interaction_total.interactions_last_12_months, 0) as interactions_last_12_months,
        interaction_total.last_interaction_date
    from customer
    left join case_total on customer.customer_key = case_total.customer_key
    left join interaction_total on customer.customer_key = interaction_total.customer_key
)

select * from customer_service
