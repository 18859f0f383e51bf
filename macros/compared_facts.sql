{#- What is compared of facts and of the records that they are made of. Of each fact: its entity, what names a document, the year that
    its number is of, the day that it counts for (without one its fiscal period does), the figures that have to agree, at most
    three, and whether it is of a company. Of two expressions the second one is for the fact. -#}
{% macro compared_facts() %}
    {%- set value_of_stock = [
        'case when document_currency = company_currency then stock_value_document end',
        'case when document_currency = company_currency then stock_value_company end',
    ] %}
    {#- Of a company that nobody knows, the fact reckons the amount itself: its currency is not known either. -#}
    {%- set in_company_currency = 'case when company_key <> -1 then net_amount_company end' %}
    {{ return([
        ('campaign_touch', 'source_id', none, 'touch_date', [], false),
        ('case', 'case_number', none, 'opened_date', [], false),
        ('interaction', 'source_id', none, 'interaction_date', [], false),
        ('lead', 'source_id', none, 'created_at', [], false),
        ('opportunity', 'source_id', none, 'close_date', ['amount_document'], false),
        ('quote_line', 'quote_number', none, 'quote_date', ['net_amount_document', 'quantity'], false),
        ('sales_order_line', 'order_number', none, 'order_date', ['net_amount_document', 'quantity'], true),
        ('delivery_line', 'delivery_number', none, 'delivery_date', ['quantity'], true),
        ('return_line', 'return_number', none, 'return_date', ['net_amount_document', 'quantity'], true),
        (
            'invoice_line', 'invoice_number', none, 'invoice_date',
            ['net_amount_document', 'tax_amount_document', 'cost_amount_document'], true,
        ),
        ('stock_movement', 'document_number', 'fiscal_year', 'posting_date', ['quantity', value_of_stock], true),
        ('purchase_order_line', 'purchase_order_number', none, 'order_date', ['net_amount_document', 'quantity'], true),
        (
            'goods_receipt_line', 'document_number', 'fiscal_year', 'posting_date',
            ['net_amount_document', in_company_currency, 'quantity'], true,
        ),
        (
            'supplier_invoice_line', 'document_number', 'fiscal_year', 'posting_date',
            ['net_amount_document', in_company_currency, 'quantity'], true,
        ),
        ('production_order', 'production_order_number', none, 'planned_start_date', ['planned_quantity'], true),
        ('journal_entry', 'document_number', 'fiscal_year', none, [], true),
        ('journal_line', 'document_number', 'fiscal_year', none, ['amount_document', 'amount_company', 'amount_group'], true),
        ('receivable_item', 'document_number', 'fiscal_year', 'posting_date', ['amount_document', 'amount_company'], true),
        ('payable_item', 'document_number', 'fiscal_year', 'posting_date', ['amount_document', 'amount_company'], true),
        (
            'payment', 'document_number', 'fiscal_year', 'payment_date',
            ['amount_document', 'amount_company', 'discount_amount_document'], true,
        ),
        ('budget_line', 'budget_version', 'fiscal_year', none, [('amount', 'amount_document')], true),
        ('payroll_cost', 'payroll_month', none, 'payroll_date', ['gross_pay_document'], true),
    ]) }}
{% endmacro %}
