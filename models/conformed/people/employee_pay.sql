{{ conform('employee_pay') }}
