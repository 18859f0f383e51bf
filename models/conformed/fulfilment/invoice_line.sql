{{ conform('invoice_line') }}
