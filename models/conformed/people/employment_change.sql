{{ conform('employment_change') }}
