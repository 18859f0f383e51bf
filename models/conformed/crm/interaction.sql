{{ conform('interaction') }}
