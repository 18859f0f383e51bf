with

employee as (
    select * from {{ ref('employee') }}
    where not is_deleted
),

user_employee as (
    select
        sales_user.*,
        employee_key.employee_key,
        employee_key.is_employee
    from {{ ref('sales_user') }} as sales_user
    inner join {{ ref('employee_key') }} as employee_key
        on sales_user.source_system = employee_key.source_system and sales_user.source_id = employee_key.source_id
    where not sales_user.is_deleted
),

-- Who has several users is described by the one in use, or else by the newest.
described_user as (
    {{ latest_by('user_employee', ['employee_key'], ['is_active desc', 'created_at desc', 'source_system', 'source_id']) }}
),

-- A version holds until the next one starts; the first one also for everything before it, the last one for ever.
employee_version as (
    select
        {{ surrogate_key(["'employee'", 'source_system', 'employee_number']) }} as employee_key,
        {{ surrogate_key(["'employee_version'", 'source_system', 'source_id']) }} as employee_version_key,
        *,
        lag(start_date) over (partition by source_system, employee_number order by start_date, source_id) as previous_start,
        lead(start_date) over (partition by source_system, employee_number order by start_date, source_id) as next_start
    from employee
),

member as (
    select
        employee_key,
        employee_version_key,
        source_system,
        source_id,
        employee_number,
        employee_name,
        company_code,
        personnel_area_code,
        cost_center_code,
        organizational_unit_code,
        position_code,
        job_code,
        employee_group_code,
        employee_subgroup_code,
        start_date,
        end_date,
        true as is_employee,
        case when previous_start is null then date '1900-01-01' else start_date end as valid_from,
        coalesce(next_start, date '9999-12-31') as valid_to,
        next_start is null as is_current
    from employee_version

    union all

    select
        employee_key,
        {{ surrogate_key(["'employee_version'", 'source_system', 'source_id']) }} as employee_version_key,
        source_system,
        source_id,
        employee_number,
        employee_name,
        cast(null as varchar) as company_code,
        cast(null as varchar) as personnel_area_code,
        cast(null as varchar) as cost_center_code,
        cast(null as varchar) as organizational_unit_code,
        cast(null as varchar) as position_code,
        cast(null as varchar) as job_code,
        cast(null as varchar) as employee_group_code,
        cast(null as varchar) as employee_subgroup_code,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        false as is_employee,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to,
        true as is_current
    from described_user
    where not is_employee

    union all

    select
        -1 as employee_key,
        -1 as employee_version_key,
        cast(null as varchar) as source_system,
        cast(null as varchar) as source_id,
        cast(null as varchar) as employee_number,
        'Unknown' as employee_name,
        cast(null as varchar) as company_code,
        cast(null as varchar) as personnel_area_code,
        cast(null as varchar) as cost_center_code,
        cast(null as varchar) as organizational_unit_code,
        cast(null as varchar) as position_code,
        cast(null as varchar) as job_code,
        cast(null as varchar) as employee_group_code,
        cast(null as varchar) as employee_subgroup_code,
        cast(null as date) as start_date,
        cast(null as date) as end_date,
        false as is_employee,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to,
        true as is_current
),

dim_employee as (
    select
        member.employee_key,
        member.employee_version_key,
        member.source_system,
        member.source_id,
        member.employee_number,
        coalesce(member.employee_name, described_user.employee_name, member.employee_number, 'Unnamed') as employee_name,
        member.is_employee,
        member.company_code,
        member.personnel_area_code,
        member.cost_center_code,
        member.organizational_unit_code,
        member.position_code,
        member.job_code,
        member.employee_group_code,
        member.employee_subgroup_code,
        member.start_date,
        member.end_date,
        described_user.employee_key is not null as is_sales_user,
        coalesce(described_user.is_active, false) as is_active_user,
        described_user.source_system as user_system,
        described_user.source_id as user_source_id,
        described_user.user_name,
        described_user.email,
        described_user.title,
        described_user.department,
        described_user.role_name,
        coalesce(manager.employee_key, -1) as manager_employee_key,
        member.valid_from,
        member.valid_to,
        member.is_current
    from member
    left join described_user on member.employee_key = described_user.employee_key
    left join {{ ref('employee_key') }} as manager
        on
            described_user.source_system = manager.source_system
            and described_user.manager_source_id = manager.source_id
            and not manager.is_deleted
)

select * from dim_employee
