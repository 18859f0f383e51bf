{#- The keys of the open items of `item` (receivable_item or payable_item) that this build tells anew in their history: those that
    changed, and those that name an invoice that did, now or before: they are as old as it is. -#}
{% macro touched_open_items(item) -%}
{%- set fact, changed, key = ref('fct_' ~ item), ref('changed_' ~ item), item ~ '_key' -%}
    select changed.{{ key }} from {{ changed }} as changed

    union

    select item.{{ key }}
    from {{ fact }} as item
    inner join (
        select
            invoice.company_key,
            invoice.fiscal_year,
            invoice.document_number
        from {{ fact }} as invoice
        where invoice.{{ key }} in (select changed.{{ key }} from {{ changed }} as changed)

        union

        select
            changed.company_key_before,
            changed.fiscal_year_before,
            changed.document_number_before
        from {{ changed }} as changed
    ) as document
        on
            item.company_key = document.company_key
            and item.invoice_fiscal_year = document.fiscal_year
            and item.invoice_document_number = document.document_number
{%- endmacro %}

{#- Remove from the history of `item` what this build tells anew. A hook before the model's own statement. -#}
{% macro delete_touched_open_items(relation, item) -%}
    {%- if is_incremental() -%}
    delete from {{ relation }} where {{ item }}_key in ({{ touched_open_items(item) }})
    {%- endif -%}
{%- endmacro %}
