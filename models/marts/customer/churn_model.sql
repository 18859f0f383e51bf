with

-- Of an order rate that lasts, (orders - 1) / time is the unbiased estimate from that many waits, and its variance, given
-- the rate, is the squared estimate / (orders - 1) on average. Only customers with three waits or more tell enough.
-- Decimals add up to the same in any order of the rows, which floating numbers do not.
customer_rate as (
    select
        repeat_days,
        cast(cast(repeat_days - 1 as double) / buying_days as decimal(18, 12)) as order_rate
    from {{ ref('customer_rhythm') }}
    where repeat_days >= 3
),

-- What customers differ by is what their estimates differ by, without what chance makes them differ by.
total as (
    select
        count(*) as customers,
        cast(sum(order_rate) as double) as rates,
        cast(sum(order_rate * order_rate) as double) as squares,
        cast(sum(cast(order_rate * order_rate / (repeat_days - 1) as decimal(36, 24))) as double) as chance
    from customer_rate
),

moment as (
    select
        customers,
        rates / nullif(customers, 0) as mean_rate,
        (squares - rates * rates / customers) / nullif(customers - 1, 0) - chance / customers as rate_variance
    from total
),

-- Laplace's rule keeps the probability away from nothing and all.
dropout as (
    select cast(count(*) filter (where is_lapsed) + 1 as double) / (coalesce(sum(judged_order_days), 0) + 2) as dropout_rate
    from {{ ref('customer_rhythm') }}
),

shaped as (
    select
        moment.customers,
        moment.mean_rate,
        case
            when moment.rate_variance * {{ var('churn_largest_shape') }} > moment.mean_rate * moment.mean_rate
                then moment.mean_rate * moment.mean_rate / moment.rate_variance
            when moment.mean_rate is not null then cast({{ var('churn_largest_shape') }} as double)
        end as shape,
        dropout.dropout_rate
    from moment
    cross join dropout
),

churn_model as (
    select
        customers,
        shape,
        shape / mean_rate as scale_days,
        dropout_rate
    from shaped
)

select * from churn_model
