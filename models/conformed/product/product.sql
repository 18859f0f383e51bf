{{ conform('product') }}
