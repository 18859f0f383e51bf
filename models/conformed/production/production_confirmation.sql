{{ conform('production_confirmation') }}
