{{ conform('payment') }}
