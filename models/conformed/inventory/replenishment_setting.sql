{{ conform('replenishment_setting') }}
