with

customer_month as (
    select * from {{ ref('customer_order_month') }}
),

-- Nobody knows who the unknown are: what they ordered is kept apart, and they count as nobody.
member as (
    select
        customer_key,
        customer_key = -1 as is_unknown_customer,
        cast(date_trunc('month', first_order_date) as date) as cohort_month
    from {{ ref('customer_sales') }}
),

member_month as (
    select
        member.cohort_month,
        member.is_unknown_customer,
        customer_month.order_month,
        customer_month.orders,
        customer_month.revenue_group
    from customer_month
    inner join member on customer_month.customer_key = member.customer_key
),

cohort as (
    select
        cohort_month,
        is_unknown_customer,
        count(*) filter (where not is_unknown_customer) as cohort_customers
    from member
    group by cohort_month, is_unknown_customer
),

told_month as (
    select distinct month.month_start as order_month
    from {{ ref('dim_date') }} as month
    cross join {{ ref('as_of') }} as today
    where month.month_start <= today.as_of_month
),

-- A month in which nobody came back is told too.
grid as (
    select
        cohort.cohort_month,
        cohort.is_unknown_customer,
        told_month.order_month,
        cast(
            12 * (extract(year from told_month.order_month) - extract(year from cohort.cohort_month))
            + extract(month from told_month.order_month) - extract(month from cohort.cohort_month) as integer
        ) as months_since,
        cohort.cohort_customers
    from cohort
    inner join told_month on cohort.cohort_month <= told_month.order_month
),

ordered as (
    select
        cohort_month,
        is_unknown_customer,
        order_month,
        count(*) filter (where not is_unknown_customer) as retained_customers,
        sum(orders) as orders,
        sum(revenue_group) as revenue_group
    from member_month
    group by cohort_month, is_unknown_customer, order_month
),

told as (
    select
        grid.*,
        coalesce(ordered.retained_customers, 0) as retained_customers,
        cast(coalesce(ordered.orders, 0) as bigint) as orders,
        cast(coalesce(ordered.revenue_group, 0) as decimal(18, 2)) as revenue_group
    from grid
    left join ordered
        on
            grid.cohort_month = ordered.cohort_month
            and grid.is_unknown_customer = ordered.is_unknown_customer
            and grid.order_month = ordered.order_month
),

{%- set of_cohort = 'partition by cohort_month, is_unknown_customer order by months_since' %}

summed as (
    select
        *,
        sum(revenue_group) over ({{ of_cohort }} rows between unbounded preceding and current row) as cumulative_revenue_group,
        sum(revenue_group) over ({{ of_cohort }} rows between 11 preceding and current row) as year_revenue_group,
        first_value(revenue_group) over ({{ of_cohort }}) as first_month_revenue_group,
        sum(revenue_group) filter (where months_since < 12) over (
            partition by cohort_month, is_unknown_customer
        ) as first_year_revenue_group
    from told
),

cohort_retention as (
    select
        cohort_month,
        months_since,
        is_unknown_customer,
        order_month,
        cohort_customers,
        retained_customers,
        cast(retained_customers as double) / nullif(cohort_customers, 0) as retention_rate,
        orders,
        revenue_group,
        cast(cumulative_revenue_group as decimal(18, 2)) as cumulative_revenue_group,
        cast(revenue_group as double) / nullif(first_month_revenue_group, 0) as month_revenue_retention_rate,
        case
            when months_since >= 23 then cast(year_revenue_group as double) / nullif(first_year_revenue_group, 0)
        end as net_revenue_retention_rate
    from summed
)

select * from cohort_retention
