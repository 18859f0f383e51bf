{{ conform('delivery_line') }}
