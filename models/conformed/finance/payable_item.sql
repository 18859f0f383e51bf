{{ conform('payable_item') }}
