{{ conform('opportunity') }}
