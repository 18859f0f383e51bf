{{ conform('warehouse') }}
