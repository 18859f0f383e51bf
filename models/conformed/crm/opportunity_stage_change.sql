{{ conform('opportunity_stage_change') }}
