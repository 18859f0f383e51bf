{{ conform('budget_line') }}
