{{ conform('company') }}
