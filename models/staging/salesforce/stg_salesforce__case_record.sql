{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'Case'), ['Id']) }}
),

-- Nothing is closed before it is opened: such an instant is wrong, and the history of the case tells the right one.
case_record as (
    select
        id as source_id,
        {{ clean_text('casenumber') }} as case_number,
        {{ salesforce_id('accountid') }} as account_source_id,
        {{ salesforce_id('contactid') }} as contact_source_id,
        {{ salesforce_id('product2id') }} as product_source_id,
        {{ clean_text('subject') }} as subject,
        {{ clean_text('type') }} as case_type,
        {{ clean_text('reason') }} as case_reason,
        {{ clean_text('origin') }} as case_origin,
        {{ clean_text('priority') }} as priority,
        {{ clean_text('status') }} as case_status,
        coalesce(isclosed, false) as is_closed,
        case when closeddate >= createddate then closeddate end as closed_at,
        coalesce(closeddate < createddate, false) as is_closed_at_implausible,
        coalesce(isescalated, false) as is_escalated,
        {{ salesforce_id('ownerid') }} as owner_source_id,
        trim(leading '0' from {{ clean_text('order_number__c') }}) as order_number,
        first_response_at__c as first_response_at,
        sla_due_at__c as sla_due_at,
        satisfaction__c as satisfaction_score,
        createddate as created_at,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from case_record
