{{ conform('sales_user') }}
