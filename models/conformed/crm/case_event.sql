{{ conform('case_event') }}
