{{ conform('business_partner') }}
