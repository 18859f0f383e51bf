{{ config(unique_key='source_id') }}

with

latest as (
    {{ latest_version(source('raw_sap', 'LIKP'), ['VBELN']) }}
),

delivery_header as (
    select
        vbeln as source_id,
        {{ clean_text('vbtyp') }} as document_category,
        {{ clean_text('lfart') }} as delivery_type,
        {{ clean_text('kunag') }} as customer_source_id,
        {{ clean_text('kunnr') }} as ship_to_source_id,
        {{ plausible_date('erdat') }} as created_date,
        {{ plausible_date('wadat') }} as planned_issue_date,
        {{ plausible_date('lfdat') }} as promised_date,
        {{ plausible_date('wadat_ist') }} as issue_date,
        _op = 'delete' as is_deleted,
        _batch_id
    from latest
)

select * from delivery_header
