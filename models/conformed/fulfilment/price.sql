{{ conform('price') }}
