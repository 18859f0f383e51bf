{{ conform('quote_line') }}
