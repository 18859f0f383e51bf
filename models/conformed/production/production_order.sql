{{ conform('production_order') }}
