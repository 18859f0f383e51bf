{{ config(materialized='view') }}

{{ control_accounts_check('receivables_equal_control_accounts', 'customer', 'fct_receivable_item') }}
