{{ conform('receivable_item') }}
