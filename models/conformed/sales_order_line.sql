{{ conform('sales_order_line') }}
