{{ config(materialized='view') }}

with

user_account as (
    select * from {{ ref('stg_salesforce__user') }}
),

user_role as (
    select * from {{ ref('stg_salesforce__user_role') }}
    where not is_deleted
),

sales_user as (
    select
        user_account.source_id,
        user_account.user_name,
        {{ clean_text("concat_ws(' ', user_account.given_name, user_account.family_name)") }} as employee_name,
        user_account.email,
        user_account.title,
        user_account.department,
        user_role.role_name,
        user_account.manager_source_id,
        user_account.employee_number,
        user_account.is_active,
        user_account.created_at,
        user_account.is_deleted,
        greatest(user_account._batch_id, coalesce(user_role._batch_id, 0)) as _batch_id
    from user_account
    left join user_role on user_account.role_source_id = user_role.source_id
)

select * from sales_user
