{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ delete_rows_to_make(this, 'journal_entry_key', ref('changed_journal_entry')) }}",
    meta={'made_of': ['journal_entry']},
) }}

with

entry as (
    {{ rows_to_make('journal_entry', 'changed_journal_entry') }}
),

fct_journal_entry as (
    select
        {{ surrogate_key(['entry.source_system', 'entry.source_id']) }} as journal_entry_key,
        coalesce(company.company_key, -1) as company_key,
        entry.source_system,
        entry.source_id,
        entry.fiscal_year,
        entry.fiscal_period,
        entry.document_number,
        entry.document_type,
        entry.document_date,
        entry.posting_date,
        entry.entry_date,
        entry.document_currency,
        entry.reference_number,
        entry.entry_text,
        entry.source_document_type,
        entry.reversal_fiscal_year,
        entry.reversal_document_number,
        entry.reversal_document_number is not null as has_reversal,
        entry.entered_by
    from entry
    left join {{ ref('dim_company') }} as company
        on entry.source_system = company.source_system and entry.company_code = company.company_code
)

select * from fct_journal_entry
