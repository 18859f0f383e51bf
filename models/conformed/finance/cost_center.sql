{{ conform('cost_center') }}
