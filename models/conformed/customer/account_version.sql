{{ conform('account', with_history=true) }}
