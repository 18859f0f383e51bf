{#- Rows with the company that they belong to and the rates of their day: company_key, company_currency, and how much of the
    company's and of the group's currency one unit of document_currency was worth on the day in the column `date`
    (exchange_rate_company, exchange_rate_group; null where nobody fixed a rate).
    `rows` is a CTE with source_system, company_code and document_currency. What names no company is taken to be the group's. -#}
{% macro with_rates(rows, date) -%}
    select
        rated.*,
        case
            when document_currency = company_currency then cast(1 as decimal(18, 9))
            else cast(cast(exchange_rate_group as double) / company_rate_group as decimal(18, 9))
        end as exchange_rate_company
    from (
        select
            {{ rows }}.*,
            coalesce(company.company_key, -1) as company_key,
            coalesce(company.company_currency, '{{ var("group_currency") }}') as company_currency,
            {{ rate_to_group(rows ~ '.document_currency', 'document_rate.exchange_rate') }} as exchange_rate_group,
            {{ rate_to_group(
                "coalesce(company.company_currency, '" ~ var("group_currency") ~ "')", 'company_rate.exchange_rate'
            ) }} as company_rate_group
        from {{ rows }}
        left join {{ ref('dim_company') }} as company
            on {{ rows }}.source_system = company.source_system and {{ rows }}.company_code = company.company_code
        left join {{ ref('exchange_rate_day') }} as document_rate
            on {{ rows }}.document_currency = document_rate.from_currency and {{ rows }}.{{ date }} = document_rate.rate_date
        left join {{ ref('exchange_rate_day') }} as company_rate
            on company.company_currency = company_rate.from_currency and {{ rows }}.{{ date }} = company_rate.rate_date
    ) as rated
{%- endmacro %}
