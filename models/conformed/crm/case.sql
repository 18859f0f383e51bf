{{ conform('case') }}
