{{ conform('journal_entry') }}
