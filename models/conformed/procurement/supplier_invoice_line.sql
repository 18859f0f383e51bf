{{ conform('supplier_invoice_line') }}
