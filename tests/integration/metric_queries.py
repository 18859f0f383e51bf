"""What metrics must say month by month, as queries that a person wrote without the metric layer."""


def by_month(value: str, table: str, day: str, where: str = "true") -> str:
    """A metric that is one aggregate of one table."""
    return f"select date_trunc('month', {day}) as month, {value} as value from {table} where {where} group by 1"


ORDERS = "core.fct_sales_order_line"
INVOICES = "core.fct_invoice_line"
DELIVERIES = "core.fct_delivery_line"
RETURNS = "core.fct_return_line"
DEALS = "core.fct_opportunity"
QUOTES = "core.fct_quote_line"
TALKS = "core.fct_interaction"
LEADS = "core.fct_lead"
TOUCHES = "core.fct_campaign_touch"
CASES = "core.fct_case"
PURCHASES = "core.fct_purchase_order_line"
RECEIPTS = "core.fct_goods_receipt_line"
BILLS = "core.fct_supplier_invoice_line"
MOVES = "core.fct_stock_movement"
STOCK = "core.fct_stock_day"
MADE = "core.fct_production_order"
LEDGER = "core.fct_journal_line inner join core.dim_account using (account_key)"
BUDGET = "core.fct_budget_line inner join core.dim_account using (account_key)"
RECEIVABLES = "core.fct_receivable_item"
PAYABLES = "core.fct_payable_item"
PAID = "core.fct_payment"
PEOPLE = "core.fct_employment_month"
VALID = "invoice_type = 'invoice' and not is_cancelled"


def at_month_end(value: str) -> str:
    """A figure of the stock on the last day of each month."""
    last = f"select max(stock_date) from {STOCK} group by date_trunc('month', stock_date)"
    return by_month(value, STOCK, "stock_date", f"stock_date in ({last})")


def running(value: str, where: str) -> str:
    """A balance of the ledger: all that was posted until the end of the month."""
    month = by_month(value, LEDGER, "posting_date", where)
    return f"select month, sum(value) over (order by month) as value from ({month})"


def still_open(value: str, table: str) -> str:
    """What was open at the end of each month, by the days on which items were posted and cleared."""
    return f"""
        with ends as (
            select month, cast(month + interval 1 month - interval 1 day as date) as last_day
            from (select distinct date_trunc('month', posting_date) as month from {table} where posting_date <= '2026-10-31')
        )
        select month, {value} as value from ends inner join {table} on posting_date <= last_day
        where clearing_date is null or clearing_date > last_day
        group by month
    """


# What a payment left of an invoice has been due since the invoice was.
AGED_RECEIVABLES = """(
    select item.* replace (coalesce(invoice.due_date, item.due_date) as due_date)
    from core.fct_receivable_item as item
    left join core.fct_receivable_item as invoice
        on item.item_type = 'residual' and item.company_key = invoice.company_key and invoice.item_type = 'invoice'
        and item.invoice_document_number = invoice.document_number and item.invoice_fiscal_year = invoice.fiscal_year
)"""


def of_working_capital(column: str) -> str:
    """A figure of the group as a whole, which the marts compute apart from those of its companies."""
    return by_month(f"max({column})", "finance.working_capital_month", "period_end_date", "company_key is null")


QUERIES = {
    # sales
    "order_value": by_month("sum(net_amount_group)", ORDERS, "order_date"),
    "orders": by_month("count(distinct sales_order_key)", ORDERS, "order_date"),
    "order_lines": by_month("count(*)", ORDERS, "order_date"),
    "ordering_customers": by_month("count(distinct customer_key)", ORDERS, "order_date", "customer_key <> -1"),
    "average_order_lead_days": by_month("avg(due_date - order_date)", ORDERS, "order_date"),
    "average_order_value": by_month("sum(net_amount_group) / count(distinct sales_order_key)", ORDERS, "order_date"),
    "order_margin": by_month("sum(net_amount_group - cost_amount_group)", ORDERS, "order_date"),
    "order_margin_rate": by_month(
        "sum(net_amount_group - cost_amount_group) / sum(net_amount_group)",
        ORDERS,
        "order_date",
        "cost_amount_group is not null",
    ),
    "orders_per_customer": by_month(
        "count(distinct sales_order_key) / count(distinct nullif(customer_key, -1))", ORDERS, "order_date"
    ),
    "order_value_growth_year": """
        with m as (select date_trunc('month', order_date) as month, sum(net_amount_group) as v
            from core.fct_sales_order_line group by 1)
        select m.month, m.v / b.v - 1 as value from m inner join m as b on b.month = m.month - interval 1 year
    """,
    "order_value_year_to_date": """
        with m as (select date_trunc('month', order_date) as month, sum(net_amount_group) as v
            from core.fct_sales_order_line group by 1)
        select month, sum(v) over (partition by year(month) order by month) as value from m
    """,
    "order_value_last_12_months": """
        with m as (select date_trunc('month', order_date) as month, sum(net_amount_group) as v
            from core.fct_sales_order_line group by 1)
        select month, sum(v) over (order by month range between interval 11 months preceding and current row) as value from m
    """,
    "order_value_quarter_to_date": """
        with m as (select date_trunc('month', order_date) as month, sum(net_amount_group) as v
            from core.fct_sales_order_line group by 1)
        select month, sum(v) over (partition by date_trunc('quarter', month) order by month) as value from m
    """,
    "revenue": by_month("sum(net_amount_group)", INVOICES, "invoice_date"),
    "gross_profit": by_month("sum(net_amount_group) - sum(cost_amount_group)", INVOICES, "invoice_date"),
    "gross_margin_rate": by_month("1 - sum(cost_amount_group) / sum(net_amount_group)", INVOICES, "invoice_date"),
    "invoices": by_month(f"count(distinct invoice_number) filter (where {VALID})", INVOICES, "invoice_date"),
    "average_invoice_value": by_month(
        "sum(net_amount_group) / count(distinct invoice_number)", INVOICES, "invoice_date", VALID
    ),
    "credit_note_rate": by_month(
        f"-sum(net_amount_group) filter (where invoice_type = 'credit_note') / sum(net_amount_group) filter (where {VALID})",
        INVOICES,
        "invoice_date",
    ),
    "invoice_cancellation_rate": by_month(
        "count(distinct invoice_key) filter (where is_cancelled) / count(distinct invoice_key)",
        INVOICES,
        "invoice_date",
        "invoice_type = 'invoice'",
    ),
    # fulfilment
    "deliveries": by_month("count(distinct delivery_number)", DELIVERIES, "delivery_date", "is_issued"),
    "delivered_units": by_month("sum(quantity)", DELIVERIES, "delivery_date", "is_issued"),
    "on_time_delivery_rate": by_month(
        "count(*) filter (where delivery_date <= promised_date) / count(*)",
        DELIVERIES,
        "delivery_date",
        "is_issued and promised_date is not null",
    ),
    "average_delivery_delay_days": by_month(
        "avg(delivery_date - promised_date)", DELIVERIES, "delivery_date", "is_issued"
    ),
    "returned_value": by_month("sum(net_amount_group)", RETURNS, "return_date"),
    "return_rate_units": f"""
        with back as ({by_month("sum(quantity)", RETURNS, "return_date")}),
        sent as ({by_month("sum(quantity)", DELIVERIES, "delivery_date", "is_issued")})
        select month, coalesce(back.value, 0) / sent.value as value from sent left join back using (month)
    """,
    "on_time_in_full_rate": by_month("avg(cast(is_on_time_in_full as integer))", "sales.on_time_in_full", "due_date"),
    "in_full_order_rate": by_month("avg(cast(is_in_full as integer))", "sales.on_time_in_full", "due_date"),
    # pipeline
    "deals_created": by_month("count(*)", DEALS, "created_date"),
    "deals_won": by_month("count(*) filter (where is_won)", DEALS, "closed_date", "is_closed"),
    "won_value": by_month("coalesce(sum(amount_group) filter (where is_won), 0)", DEALS, "closed_date", "is_closed"),
    "win_rate": by_month("count(*) filter (where is_won) / count(*)", DEALS, "closed_date", "is_closed"),
    "win_rate_by_value": by_month(
        "coalesce(sum(amount_group) filter (where is_won), 0) / sum(amount_group)", DEALS, "closed_date", "is_closed"
    ),
    "average_won_deal_value": by_month("sum(amount_group) / count(*)", DEALS, "closed_date", "is_won"),
    "average_sales_cycle_days": by_month("avg(closed_date - created_date)", DEALS, "closed_date", "is_won"),
    "median_sales_cycle_days": by_month("median(closed_date - created_date)", DEALS, "closed_date", "is_won"),
    "weighted_close_value": by_month("sum(amount_group * win_rate)", DEALS, "close_date", "not is_closed"),
    "sales_velocity": f"""
        with new as ({by_month("count(*)", DEALS, "created_date")}), gone as (
            select date_trunc('month', closed_date) as month, count(*) as deals, count(*) filter (where is_won) as won,
                sum(amount_group) filter (where is_won) as amount, avg(closed_date - created_date) filter (where is_won) as days
            from {DEALS} where is_closed group by 1
        )
        select month, new.value * (won / deals) * (amount / won) / days as value
        from new inner join gone using (month) where won > 0
    """,
    "pipeline_at_period_end": """
        select date_trunc('month', pipeline_date) as month, sum(amount_group) as value from core.fct_opportunity_day
        where not is_closed and pipeline_date in
            (select max(pipeline_date) from core.fct_opportunity_day group by date_trunc('month', pipeline_date))
        group by 1
    """,
    "quotes": by_month("count(distinct quote_number)", QUOTES, "quote_date"),
    "quote_acceptance_rate": by_month(
        "count(distinct quote_number) filter (where quote_status = 'Accepted') / count(distinct quote_number)",
        QUOTES,
        "quote_date",
        "quote_status in ('Accepted', 'Denied')",
    ),
    "quoted_discount_rate": by_month(
        "1 - sum(net_amount_group) / sum(list_price_document * quantity * exchange_rate_group)", QUOTES, "quote_date"
    ),
    "meetings": by_month("count(*) filter (where interaction_type = 'meeting')", TALKS, "interaction_date"),
    "task_completion_rate": by_month("avg(cast(is_done as integer))", TALKS, "interaction_date", "is_done is not null"),
    # marketing
    "leads": by_month("count(*)", LEADS, "created_date"),
    "lead_conversion_rate": by_month("avg(cast(is_converted as integer))", LEADS, "created_date"),
    "lead_conversions": by_month("count(*)", LEADS, "converted_date", "is_converted"),
    "campaign_response_rate": by_month("avg(cast(has_responded as integer))", TOUCHES, "touch_date"),
    "campaign_cost": by_month("sum(actual_cost_group)", "core.dim_campaign", "start_date", "campaign_key <> -1"),
    "cost_per_lead": f"""
        with cost as ({by_month("sum(actual_cost_group)", "core.dim_campaign", "start_date", "campaign_key <> -1")}),
        new as ({by_month("count(*)", LEADS, "created_date")})
        select month, coalesce(cost.value, 0) / new.value as value from new left join cost using (month)
    """,
    "touch_to_deal_rate": f"""
        with touch as (select touch_date as day, customer_key from {TOUCHES} where customer_key <> -1),
        deal as (
            select opportunity_key, max(touch.day) as day from {DEALS} as deal
            inner join touch on deal.customer_key = touch.customer_key
                and touch.day <= deal.created_date and touch.day > deal.created_date - interval 90 days
            group by 1
        ),
        won as ({by_month("count(*)", "deal", "day")}), base as ({by_month("count(*)", TOUCHES, "touch_date")})
        select month, coalesce(won.value, 0) / base.value as value from base left join won using (month)
    """,
    # service
    "cases": by_month("count(*)", CASES, "opened_date"),
    "cases_closed": by_month("count(*)", CASES, "closed_date", "is_closed"),
    "sla_rate": by_month(
        "avg(cast(remaining_minutes >= 0 as integer))",
        "service.case_sla",
        "opened_date",
        "is_closed or remaining_minutes < 0",
    ),
    "response_sla_rate": by_month(
        "avg(cast(first_response_minutes < response_target_minutes as integer))",
        "service.case_sla",
        "opened_date",
        "answered_at is not null or first_response_minutes >= response_target_minutes",
    ),
    "average_resolution_business_hours": by_month(
        "avg(resolution_minutes) / 60", "service.case_sla", "opened_date", "is_closed"
    ),
    "average_resolution_hours": by_month("avg(minutes_to_close) / 60", CASES, "opened_date"),
    "resolution_hours_90th_percentile": by_month("quantile_cont(minutes_to_close, 0.9) / 60", CASES, "opened_date"),
    "satisfaction_rate": by_month(
        "count(*) filter (where satisfaction_score >= 4) / count(*)",
        CASES,
        "opened_date",
        "satisfaction_score is not null",
    ),
    # procurement
    "purchase_value": by_month("sum(net_amount_group)", PURCHASES, "order_date"),
    "average_purchase_order_value": by_month(
        "sum(net_amount_group) / count(distinct purchase_order_number)", PURCHASES, "order_date"
    ),
    "average_promised_lead_days": by_month("avg(promised_date - order_date)", PURCHASES, "order_date"),
    "received_value": by_month("sum(net_amount_group)", RECEIPTS, "posting_date"),
    "billed_to_received_rate": f"""
        with billed as ({by_month("sum(net_amount_group)", BILLS, "posting_date")}),
        came as ({by_month("sum(net_amount_group)", RECEIPTS, "posting_date")})
        select month, coalesce(billed.value, 0) / came.value as value from came left join billed using (month)
    """,
    # inventory
    "stock_issued_for_sales": by_month(
        "-sum(stock_value_group)", MOVES, "posting_date", "movement_kind in ('sale', 'customer_return')"
    ),
    "scrapped_units": by_month("-sum(quantity)", MOVES, "posting_date", "movement_kind = 'scrap'"),
    "stock_value": at_month_end("sum(stock_value_group)"),
    "stock_units": at_month_end("sum(quantity_on_hand)"),
    "empty_stock_place_rate": at_month_end("avg(cast(quantity_on_hand <= 0 as integer))"),
    "stock_availability_rate": by_month("avg(cast(quantity_on_hand > 0 as integer))", STOCK, "stock_date"),
    "days_of_stock": f"""
        with held as ({by_month("sum(stock_value_group)", STOCK, "stock_date")}),
        sold as ({by_month("-sum(stock_value_group)", MOVES, "posting_date", "movement_kind in ('sale', 'customer_return')")})
        select month, held.value / sold.value as value from held inner join sold using (month)
    """,
    # production
    "completed_production_orders": by_month("count(*)", MADE, "finish_date", "is_completed"),
    "on_time_production_rate": by_month(
        "avg(cast(finish_date <= planned_finish_date as integer))", MADE, "finish_date", "is_completed"
    ),
    "production_scrap_rate": by_month(
        "sum(scrap_quantity) / sum(scrap_quantity + yield_quantity)", MADE, "finish_date", "is_completed"
    ),
    "average_throughput_days": by_month("avg(finish_date - start_date)", MADE, "finish_date", "is_completed"),
    # finance
    "posted_debits": by_month("sum(greatest(amount_group, 0))", "core.fct_journal_line", "posting_date"),
    "ledger_revenue": by_month("-sum(amount_group)", LEDGER, "posting_date", "section = 'Revenue'"),
    "operating_expenses": by_month("sum(amount_group)", LEDGER, "posting_date", "section = 'Operating expenses'"),
    "personnel_expense": by_month("sum(amount_group)", LEDGER, "posting_date", "line_code = 'personnel'"),
    "ebitda": by_month(
        "-sum(amount_group)", LEDGER, "posting_date", "section in ('Revenue', 'Cost of sales', 'Operating expenses')"
    ),
    "ebit_margin_rate": by_month(
        "sum(amount_group) / sum(amount_group) filter (where section = 'Revenue')",
        LEDGER,
        "posting_date",
        "section in ('Revenue', 'Cost of sales', 'Operating expenses', 'Depreciation')",
    ),
    "profit_before_tax": by_month("-sum(amount_group)", LEDGER, "posting_date", "statement = 'profit and loss'"),
    "budgeted_revenue": by_month(
        "-sum(amount_group)", BUDGET, "period_start_date", "section = 'Revenue' and budget_type = 'plan'"
    ),
    "revenue_budget_attainment_rate": f"""
        with booked as ({by_month("-sum(amount_group)", LEDGER, "posting_date", "section = 'Revenue'")}),
        planned as (
            {by_month("-sum(amount_group)", BUDGET, "period_start_date", "section = 'Revenue' and budget_type = 'plan'")}
        )
        select month, coalesce(booked.value, 0) / planned.value as value from planned left join booked using (month)
    """,
    "open_receivables": by_month("coalesce(sum(amount_group) filter (where is_open), 0)", RECEIVABLES, "posting_date"),
    "overdue_receivables": by_month(
        "coalesce(sum(amount_group) filter (where is_open and due_date < date '2026-10-31'), 0)",
        RECEIVABLES,
        "posting_date",
    ),
    "open_payables": by_month("coalesce(-sum(amount_group) filter (where is_open), 0)", PAYABLES, "posting_date"),
    "average_receivable_days_late": by_month(
        "avg(clearing_date - due_date)", RECEIVABLES, "clearing_date", "not is_open and item_type = 'invoice'"
    ),
    "late_receivable_rate": by_month(
        "avg(cast(clearing_date > due_date as integer))",
        RECEIVABLES,
        "clearing_date",
        "not is_open and item_type = 'invoice'",
    ),
    "customer_receipts": by_month(
        "sum(amount_group)", PAID, "payment_date", "direction = 'receipt' and partner_type = 'customer'"
    ),
    "net_trade_cash_flow": by_month(
        "sum(case direction when 'receipt' then amount_group else -amount_group end)", PAID, "payment_date"
    ),
    "journal_reversal_rate": by_month("avg(cast(has_reversal as integer))", "core.fct_journal_entry", "posting_date"),
    "working_capital": running(
        "sum(amount_group)", "line_code in ('trade_receivables', 'inventories', 'trade_payables')"
    ),
    "days_sales_outstanding": of_working_capital("dso_days"),
    "days_payables_outstanding": of_working_capital("dpo_days"),
    "days_inventory_outstanding": of_working_capital("dio_days"),
    "cash_conversion_cycle": of_working_capital("cash_conversion_cycle_days"),
    "rolling_revenue": f"""
        with m as ({by_month("-sum(amount_group)", LEDGER, "posting_date", "line_code in ('revenue', 'sales_deductions')")})
        select month, sum(value) over (order by month rows 2 preceding) as value from m
        qualify count(*) over (order by month rows 2 preceding) = 3
    """,
    "cash_balance": running("sum(amount_group)", "line_code = 'cash'"),
    "current_assets": running("sum(amount_group)", "section = 'Current assets'"),
    "current_ratio": f"""
        with due as ({running("-sum(amount_group)", "section = 'Current liabilities'")}),
        had as ({running("sum(amount_group)", "section = 'Current assets'")})
        select month, had.value / due.value as value from had inner join due using (month)
    """,
    "net_debt": running("-sum(amount_group)", "line_code in ('borrowings', 'cash')"),
    "receivables_outstanding": still_open("sum(amount_group)", RECEIVABLES),
    "receivable_items_outstanding": still_open("count(*)", RECEIVABLES),
    "overdue_receivables_outstanding": still_open(
        "sum(case when due_date < last_day then amount_group else 0 end)", AGED_RECEIVABLES
    ),
    "overdue_receivables_outstanding_rate": still_open(
        "sum(case when due_date < last_day then amount_group else 0 end) / sum(amount_group)", AGED_RECEIVABLES
    ),
    "payables_outstanding": still_open("-sum(amount_group)", PAYABLES),
    "overdue_payables_outstanding": still_open(
        "-sum(case when due_date < last_day then amount_group else 0 end)", PAYABLES
    ),
    # people
    "headcount": by_month("sum(headcount)", PEOPLE, "employment_month"),
    "leavers": by_month("sum(leaves)", PEOPLE, "employment_month"),
    "employee_turnover_rate": by_month("sum(leaves) / sum(headcount)", PEOPLE, "employment_month"),
    "revenue_per_fte": f"""
        with earned as ({by_month("sum(net_amount_group)", INVOICES, "invoice_date")}),
        worked as ({by_month("sum(fte)", PEOPLE, "employment_month")})
        select month, coalesce(earned.value, 0) / worked.value as value from worked left join earned using (month)
    """,
    "gross_pay": by_month("sum(gross_pay_group)", "core.fct_payroll_cost", "payroll_month"),
    # customer
    "new_customers": """
        with first as (select customer_key, min(order_date) as day
            from core.fct_sales_order_line where customer_key <> -1 group by 1)
        select date_trunc('month', day) as month, count(*) as value from first group by 1
    """,
    "customers_at_high_risk": by_month(
        "count(*) filter (where churn_rate > 0.5)", "customer.customer_360", "created_date", "customer_key <> -1"
    ),
    "churn_risk_rate": by_month(
        "avg(cast(churn_rate > 0.5 as integer))",
        "customer.customer_360",
        "created_date",
        "customer_key <> -1 and churn_rate is not null",
    ),
    "average_health_score": by_month(
        "avg(health_score)",
        "customer.customer_health inner join customer.customer_360 using (customer_key, health_score)",
        "created_date",
        "customer_key <> -1",
    ),
}
