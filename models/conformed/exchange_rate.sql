{{ conform("exchange_rate") }}
