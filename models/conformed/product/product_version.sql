{{ conform('product', with_history=true) }}
