{{ conform('supplier') }}
