{{ conform('product_cost_version') }}
