{{ config(meta={'made_of': ['case']}) }}

with

talk as (
    select
        talk.case_key,
        cast(date_trunc('month', talk.interaction_date) as date) as cost_month,
        count(*) as interactions,
        sum(coalesce(talk.duration_minutes, standard.handling_minutes, 0)) as talk_minutes
    from {{ ref('fct_interaction') }} as talk
    left join {{ ref('handling_minutes') }} as standard on talk.interaction_type = standard.interaction_type
    where talk.is_done and talk.case_key <> -1
    group by talk.case_key, cost_month
),

effort as (
    select
        case_key,
        cast(date_trunc('month', opened_date) as date) as cost_month,
        1 as cases,
        0 as interactions,
        {{ var('case_base_minutes') }} as handling_minutes
    from {{ ref('fct_case') }}

    union all

    select
        case_key,
        cost_month,
        0 as cases,
        interactions,
        talk_minutes as handling_minutes
    from talk
),

customer_month as (
    select
        effort.cost_month,
        service_case.customer_key,
        service_case.product_key,
        sum(effort.cases) as cases,
        sum(effort.interactions) as interactions,
        sum(effort.handling_minutes) as handling_minutes
    from effort
    inner join {{ ref('fct_case') }} as service_case on effort.case_key = service_case.case_key
    group by effort.cost_month, service_case.customer_key, service_case.product_key
),

cost_to_serve as (
    select
        customer_month.cost_month,
        customer_month.customer_key,
        customer_month.product_key,
        customer.customer_name,
        product.product_name,
        cast(customer_month.cases as bigint) as cases,
        cast(customer_month.interactions as bigint) as interactions,
        cast(customer_month.handling_minutes as bigint) as handling_minutes,
        coalesce(rate.hour_rate_group, cast({{ var('service_hour_rate_group') }} as decimal(18, 2))) as hour_rate_group,
        cast(
            customer_month.handling_minutes * coalesce(rate.hour_rate_group, {{ var('service_hour_rate_group') }}) / 60
            as decimal(18, 2)
        ) as service_cost_group
    from customer_month
    left join {{ ref('service_rate_month') }} as rate on customer_month.cost_month = rate.cost_month
    inner join {{ ref('dim_customer') }} as customer
        on customer_month.customer_key = customer.customer_key and customer.is_current
    inner join {{ ref('dim_product') }} as product
        on customer_month.product_key = product.product_key and product.is_current
)

select * from cost_to_serve
