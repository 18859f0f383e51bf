{{ conform('stock_movement') }}
