{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_salesforce', 'Quote'), ['Id']) }}
),

quote as (
    select
        id as source_id,
        {{ clean_text('quotenumber') }} as quote_number,
        {{ salesforce_id('opportunityid') }} as opportunity_source_id,
        {{ salesforce_id('accountid') }} as account_source_id,
        {{ clean_text('status') }} as quote_status,
        expirationdate as expiration_date,
        createddate as created_at,
        systemmodstamp as modified_at,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from quote
