{{ conform('journal_line') }}
