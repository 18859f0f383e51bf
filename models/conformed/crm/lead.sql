{{ conform('lead') }}
