{#- Rows with the employee who is meant by a user of the CRM, and the employee as they were on the day in the column `date`:
    employee_key and employee_version_key, -1 where nobody is known by that id. `rows` is a CTE, `record` its column with the
    source_id of the user in the same system. -#}
{% macro with_employee(rows, record, date) -%}
    select
        {{ rows }}.*,
        coalesce(employee.employee_key, -1) as employee_key,
        coalesce(employee_version.employee_version_key, -1) as employee_version_key
    from {{ rows }}
    left join {{ ref('employee_key') }} as employee
        on
            {{ rows }}.source_system = employee.source_system
            and {{ rows }}.{{ record }} = employee.source_id
            and not employee.is_deleted
    left join {{ ref('dim_employee') }} as employee_version
        on
            employee.employee_key = employee_version.employee_key
            and {{ rows }}.{{ date }} >= employee_version.valid_from
            and {{ rows }}.{{ date }} < employee_version.valid_to
{%- endmacro %}
