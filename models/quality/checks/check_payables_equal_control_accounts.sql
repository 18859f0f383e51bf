{{ config(materialized='view') }}

{{ control_accounts_check('payables_equal_control_accounts', 'supplier', 'fct_payable_item') }}
