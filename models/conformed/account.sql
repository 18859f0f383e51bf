{{ conform('account') }}
