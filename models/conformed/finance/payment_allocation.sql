{{ conform('payment_allocation') }}
