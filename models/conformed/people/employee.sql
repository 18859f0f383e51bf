{{ conform('employee') }}
