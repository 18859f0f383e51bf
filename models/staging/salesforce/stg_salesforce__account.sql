{{ config(materialized='view') }}

{{ last_known(ref('stg_salesforce__account_version')) }}
