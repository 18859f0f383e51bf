{{ conform('business_partner', with_history=true) }}
