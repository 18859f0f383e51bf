{{ conform('stock_balance') }}
