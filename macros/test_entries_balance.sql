{#- Every journal entry comes to nothing in the company's and in the group's currency; a failing row is an entry and what is left.
    An incremental build looks at the entries that it touched: those with a line in `changed`. -#}
{% test entries_balance(model, changed) %}
select
    source_system,
    company_key,
    fiscal_year,
    document_number,
    sum(amount_company) as left_company,
    sum(amount_group) as left_group
from {{ model }}
where
    (select after_batch_id from {{ source('control', 'build') }}) = 0
    or (source_system, company_key, fiscal_year, document_number) in (
        select (line.source_system, line.company_key, line.fiscal_year, line.document_number)
        from {{ model }} as line
        where line.journal_line_key in (select changed.journal_line_key from {{ changed }} as changed)
    )
group by source_system, company_key, fiscal_year, document_number
having sum(amount_company) <> 0 or sum(amount_group) <> 0
{% endtest %}
