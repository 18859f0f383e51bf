{{ conform('payroll_cost') }}
