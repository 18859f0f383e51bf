{{ conform('currency_decimals') }}
