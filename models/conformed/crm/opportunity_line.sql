{{ conform('opportunity_line') }}
