{{ config(materialized='view') }}

with

customer_360 as (
    select
        customer.customer_key,
        customer.customer_number,
        customer.customer_name,
        customer.is_person,
        customer.industry,
        customer.email,
        customer.phone,
        customer.website,
        customer.city,
        customer.country_code,
        customer.country_name,
        customer.created_date,
        customer.crm_system,
        customer.erp_system,
        customer.source_records,
        total.first_order_date,
        total.last_order_date,
        coalesce(total.orders, 0) as orders,
        coalesce(total.order_lines, 0) as order_lines,
        coalesce(total.revenue_group, 0) as revenue_group,
        coalesce(total.margin_group, 0) as margin_group,
        coalesce(trend.revenue_last_12_months_group, 0) as revenue_last_12_months_group,
        cast(total.revenue_group as double) / nullif(total.orders, 0) as average_order_group,
        {{ days_after('today.as_of_date', 'total.last_order_date') }} as days_since_last_order,
        coalesce(trend.revenue_previous_12_months_group, 0) as revenue_previous_12_months_group,
        coalesce(invoicing.invoiced_revenue_group, 0) as invoiced_revenue_group,
        coalesce(invoicing.invoiced_margin_group, 0) as invoiced_margin_group,
        coalesce(invoicing.credit_notes_group, 0) as credit_notes_group,
        coalesce(invoicing.invoiced_last_12_months_group, 0) as invoiced_last_12_months_group,
        invoicing.last_invoice_date,
        coalesce(backlog.open_orders, 0) as open_orders,
        coalesce(backlog.open_orders_amount_group, 0) as open_orders_amount_group,
        coalesce(backlog.late_orders_amount_group, 0) as late_orders_amount_group,
        coalesce(receivables.receivables_group, 0) as receivables_group,
        coalesce(receivables.overdue_amount_group, 0) as overdue_amount_group,
        receivables.worst_overdue_days,
        receivables.average_days_late,
        receivables.average_days_late_last_12_months,
        receivables.paid_late_rate,
        receivables.last_payment_date,
        credit.credit_limit_group,
        cast(coalesce(receivables.receivables_group, 0) + coalesce(backlog.open_orders_amount_group, 0) as decimal(18, 2))
            as credit_exposure_group,
        cast(coalesce(receivables.receivables_group, 0) + coalesce(backlog.open_orders_amount_group, 0) as double)
        / nullif(credit.credit_limit_group, 0) as credit_used_rate,
        coalesce(service.cases, 0) as cases,
        coalesce(service.open_cases, 0) as open_cases,
        coalesce(service.cases_last_12_months, 0) as cases_last_12_months,
        service.satisfaction,
        service.satisfaction_last_12_months,
        service.last_case_date,
        service.last_interaction_date,
        greatest(total.last_order_date, service.last_case_date, service.last_interaction_date) as last_contact_date,
        coalesce(pipeline.open_opportunities, 0) as open_opportunities,
        coalesce(pipeline.pipeline_amount_group, 0) as pipeline_amount_group,
        coalesce(pipeline.pipeline_expected_amount_group, 0) as pipeline_expected_amount_group,
        pipeline.next_close_date,
        pipeline.won_rate,
        segment.recency_score,
        segment.frequency_score,
        segment.monetary_score,
        coalesce(segment.segment_code, 'no_orders') as segment_code,
        named_segment.segment_name,
        churn.average_interval_days,
        churn.silence_rate,
        churn.churn_rate,
        churn.churn_risk,
        customer_value.historic_value_group,
        customer_value.yearly_margin_group,
        customer_value.expected_value_group,
        customer_value.lifetime_value_group,
        health.health_score,
        health.health_reasons
    from {{ ref('dim_customer') }} as customer
    cross join {{ ref('as_of') }} as today
    left join {{ ref('customer_sales') }} as total on customer.customer_key = total.customer_key
    left join {{ ref('customer_trend') }} as trend on customer.customer_key = trend.customer_key
    left join {{ ref('customer_invoicing') }} as invoicing on customer.customer_key = invoicing.customer_key
    left join {{ ref('customer_backlog') }} as backlog on customer.customer_key = backlog.customer_key
    left join {{ ref('customer_receivables') }} as receivables on customer.customer_key = receivables.customer_key
    left join {{ ref('customer_credit') }} as credit on customer.customer_key = credit.customer_key
    left join {{ ref('customer_service') }} as service on customer.customer_key = service.customer_key
    left join {{ ref('customer_pipeline') }} as pipeline on customer.customer_key = pipeline.customer_key
    left join {{ ref('customer_segment') }} as segment on customer.customer_key = segment.customer_key
    left join {{ ref('rfm_segments') }} as named_segment
        on coalesce(segment.segment_code, 'no_orders') = named_segment.segment_code
    left join {{ ref('customer_churn') }} as churn on customer.customer_key = churn.customer_key
    left join {{ ref('customer_value') }} as customer_value on customer.customer_key = customer_value.customer_key
    left join {{ ref('customer_health') }} as health on customer.customer_key = health.customer_key
    where customer.is_current
)

select * from customer_360
