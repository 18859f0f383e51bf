with

{%- set days_a_year = 365.25 %}

customer as (
    select
        churn.customer_key,
        total.margin_group as historic_value_group,
        churn.alive_rate,
        churn.daily_order_rate * {{ days_a_year }} as yearly_order_rate,
        cast(total.margin_group as double) / churn.order_days as margin_of_order_day,
        churn.dropout_rate
    from {{ ref('customer_churn') }} as churn
    inner join {{ ref('customer_sales') }} as total on churn.customer_key = total.customer_key
),

-- Orders come at a rate, each is the last one with the drop-out probability, and a year's wait costs interest: what is to come is
-- worth a year's margin divided by the interest and the yearly chance to leave.
valued as (
    select
        *,
        yearly_order_rate * dropout_rate as yearly_dropout_rate,
        margin_of_order_day * yearly_order_rate as yearly_margin,
        alive_rate * margin_of_order_day * yearly_order_rate
        / (ln(1 + {{ var('customer_discount_rate') }}) + yearly_order_rate * dropout_rate) as expected_value
    from customer
),

customer_value as (
    select
        customer_key,
        historic_value_group,
        yearly_order_rate,
        cast(yearly_margin as decimal(18, 2)) as yearly_margin_group,
        alive_rate / yearly_dropout_rate as expected_remaining_years,
        cast(expected_value as decimal(18, 2)) as expected_value_group,
        cast(historic_value_group + expected_value as decimal(18, 2)) as lifetime_value_group
    from valued
)

select * from customer_value
