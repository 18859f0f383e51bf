{{ conform('contact') }}
