with

-- Of several systems that know a number one is believed.
employee as (
    select
        employee_number,
        min(source_system) filter (where not is_deleted) as source_system,
        max(_batch_id) as _batch_id
    from {{ ref('employee') }}
    group by employee_number
),

-- A user of the CRM who is no employee is somebody of their own.
employee_key as (
    select
        sales_user.source_system,
        sales_user.source_id,
        employee.source_system is not null as is_employee,
        case
            when employee.source_system is not null
                then {{ surrogate_key(["'employee'", 'employee.source_system', 'employee.employee_number']) }}
            else {{ surrogate_key(["'sales_user'", 'sales_user.source_system', 'sales_user.source_id']) }}
        end as employee_key,
        sales_user.is_deleted,
        greatest(sales_user._batch_id, coalesce(employee._batch_id, 0)) as _batch_id
    from {{ ref('sales_user') }} as sales_user
    left join employee on sales_user.employee_number = employee.employee_number
)

select * from employee_key
