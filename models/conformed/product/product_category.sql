{{ conform('product_category') }}
