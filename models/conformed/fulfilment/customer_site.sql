{{ conform('customer_site') }}
