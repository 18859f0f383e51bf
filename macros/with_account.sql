{#- Rows with the account that they name: account_key, -1 where the company's chart of accounts does not know it.
    `rows` is a CTE with source_system, company_code and account_number. -#}
{% macro with_account(rows) -%}
    select
        {{ rows }}.*,
        coalesce(account.account_key, -1) as account_key
    from {{ rows }}
    left join (
        select
            of_company.source_system,
            of_company.company_code,
            of_company.account_number,
            of_chart.account_key
        from {{ ref('gl_account') }} as of_company
        inner join {{ ref('dim_account') }} as of_chart
            on
                of_company.source_system = of_chart.source_system
                and of_company.chart_of_accounts = of_chart.chart_of_accounts
                and of_company.account_number = of_chart.account_number
        where not of_company.is_deleted
    ) as account
        on
            {{ rows }}.source_system = account.source_system
            and {{ rows }}.company_code = account.company_code
            and {{ rows }}.account_number = account.account_number
{%- endmacro %}
