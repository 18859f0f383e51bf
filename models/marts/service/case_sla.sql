{{ config(meta={'made_of': ['case']}) }}

with

raised_priority as (
    select
        source_system,
        case_source_id,
        {{ first_by('old_value', ['changed_at', 'source_id'], 'true') }} as opening_priority
    from {{ ref('case_event') }}
    where field_name = 'priority' and not is_deleted
    group by source_system, case_source_id
),

spent as (
    select
        case_key,
        coalesce(sum(business_seconds) filter (where not is_closed and not is_waiting), 0) as working_seconds,
        coalesce(sum(business_seconds) filter (where not is_closed and is_waiting), 0) as waiting_seconds,
        min(started_at) filter (where is_closing) as first_closed_at,
        max(started_at) filter (where is_closing) as last_closed_at
    from {{ ref('case_status_period') }}
    group by case_key
),

-- Who closes a case without a word has answered it by that.
lived_case as (
    select
        service_case.*,
        coalesce(raised_priority.opening_priority, service_case.priority) as opening_priority,
        case
            when service_case.first_response_at >= service_case.opened_at then service_case.first_response_at
            else spent.first_closed_at
        end as answered_at,
        case when service_case.is_closed then spent.last_closed_at end as resolved_at,
        cast(as_of.as_of_date + 1 as timestamp) as now_at,
        spent.working_seconds,
        spent.waiting_seconds
    from {{ ref('fct_case') }} as service_case
    inner join spent on service_case.case_key = spent.case_key
    cross join {{ ref('as_of') }} as as_of
    left join raised_priority
        on
            service_case.source_system = raised_priority.source_system
            and service_case.source_id = raised_priority.case_source_id
),

timed_case as (
    {{ with_business_time('lived_case', ['opened_at', 'answered_at', 'sla_due_at', 'now_at']) }}
),

measured_case as (
    select
        timed_case.*,
        coalesce(answered_at_business_seconds, greatest(now_at_business_seconds, opened_at_business_seconds))
        - opened_at_business_seconds as response_seconds,
        target.response_minutes * 60 as response_target_seconds,
        coalesce(
            case when sla_due_at > opened_at then sla_due_at_business_seconds - opened_at_business_seconds end,
            target.resolution_minutes * 60
        ) as resolution_target_seconds
    from timed_case
    left join {{ ref('case_sla_targets') }} as target on timed_case.opening_priority = target.priority
),

case_sla as (
    select
        measured.case_key,
        measured.customer_key,
        measured.product_key,
        measured.employee_key,
        measured.source_system,
        measured.source_id,
        measured.case_number,
        customer.customer_name,
        product.product_name,
        measured.case_type,
        measured.case_reason,
        measured.case_origin,
        measured.priority,
        measured.opening_priority,
        measured.case_status,
        measured.is_closed,
        measured.is_escalated,
        measured.reopened_count,
        measured.opened_at,
        measured.opened_date,
        measured.answered_at,
        measured.resolved_at,
        cast(measured.resolved_at as date) as resolved_date,
        cast(floor(measured.response_seconds / 60) as bigint) as first_response_minutes,
        cast(floor(measured.working_seconds / 60) as bigint) as resolution_minutes,
        cast(floor(measured.waiting_seconds / 60) as bigint) as waiting_minutes,
        cast(floor(measured.response_target_seconds / 60) as bigint) as response_target_minutes,
        cast(floor(measured.resolution_target_seconds / 60) as bigint) as resolution_target_minutes,
        cast(floor((measured.resolution_target_seconds - measured.working_seconds) / 60) as bigint) as remaining_minutes,
        {{ sla_state('measured.answered_at is not null', 'measured.response_seconds', 'measured.response_target_seconds') }}
            as response_state,
        {{ sla_state('measured.is_closed', 'measured.working_seconds', 'measured.resolution_target_seconds') }} as resolution_state,
        measured.satisfaction_score
    from measured_case as measured
    inner join {{ ref('dim_customer') }} as customer on measured.customer_version_key = customer.customer_version_key
    inner join {{ ref('dim_product') }} as product on measured.product_version_key = product.product_version_key
)

select * from case_sla
