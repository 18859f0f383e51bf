{{ conform('contact', with_history=true) }}
