{{ conform('purchase_order_line') }}
