{{ config(materialized='view') }}

with

-- What is done counts on the day it was done; what is planned, on the day it is due.
activity as (
    select
        source_id,
        interaction_type,
        subject,
        interaction_status,
        created_at,
        due_date,
        coalesce(cast(completed_at as date), due_date, cast(created_at as date)) as interaction_date,
        completed_at,
        cast(null as bigint) as duration_minutes,
        is_done,
        who_source_id,
        what_source_id,
        owner_source_id,
        is_deleted,
        _batch_id
    from {{ ref('stg_salesforce__task') }}

    union all

    select
        source_id,
        interaction_type,
        subject,
        cast(null as varchar) as interaction_status,
        created_at,
        cast(starts_at as date) as due_date,
        cast(starts_at as date) as interaction_date,
        cast(null as timestamp) as completed_at,
        {{ minutes_between('starts_at', 'ends_at') }} as duration_minutes,
        cast(null as boolean) as is_done,
        who_source_id,
        what_source_id,
        owner_source_id,
        is_deleted,
        _batch_id
    from {{ ref('stg_salesforce__event') }}
),

-- The first three characters of an id tell what it names.
who as (
    select
        source_id,
        case when is_deleted then merged_into_source_id else source_id end as contact_source_id,
        cast(null as varchar) as lead_source_id,
        account_source_id,
        is_deleted and merged_into_source_id is null as is_gone,
        _batch_id
    from {{ ref('stg_salesforce__contact') }}

    union all

    select
        source_id,
        cast(null as varchar) as contact_source_id,
        case when not is_deleted then source_id end as lead_source_id,
        converted_account_source_id as account_source_id,
        is_deleted as is_gone,
        _batch_id
    from {{ ref('stg_salesforce__lead') }}
),

what as (
    select
        source_id,
        case when not is_deleted then source_id end as opportunity_source_id,
        cast(null as varchar) as case_source_id,
        account_source_id,
        is_deleted as is_gone,
        _batch_id
    from {{ ref('stg_salesforce__opportunity') }}

    union all

    select
        source_id,
        cast(null as varchar) as opportunity_source_id,
        case when not is_deleted then source_id end as case_source_id,
        account_source_id,
        is_deleted as is_gone,
        _batch_id
    from {{ ref('stg_salesforce__case') }}

    union all

    select
        source_id,
        cast(null as varchar) as opportunity_source_id,
        cast(null as varchar) as case_source_id,
        source_id as account_source_id,
        is_deleted and merged_into_source_id is null as is_gone,
        _batch_id
    from {{ ref('stg_salesforce__account') }}
),

-- What is spoken about tells the account; where it tells none, who is spoken to. What is gone still tells whose it was.
interaction as (
    select
        activity.source_id,
        activity.interaction_type,
        activity.subject,
        activity.interaction_status,
        activity.interaction_date,
        activity.due_date,
        activity.completed_at,
        activity.duration_minutes,
        activity.is_done,
        coalesce(what.account_source_id, who.account_source_id) as account_source_id,
        who.contact_source_id,
        who.lead_source_id,
        what.opportunity_source_id,
        what.case_source_id,
        (activity.who_source_id is not null and coalesce(who.is_gone, true))
        or (activity.what_source_id is not null and coalesce(what.is_gone, true)) as has_lost_reference,
        activity.owner_source_id,
        activity.created_at,
        activity.is_deleted,
        greatest(activity._batch_id, coalesce(who._batch_id, 0), coalesce(what._batch_id, 0)) as _batch_id
    from activity
    left join who on activity.who_source_id = who.source_id
    left join what on activity.what_source_id = what.source_id
)

select * from interaction
