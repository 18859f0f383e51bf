{{ conform('return_line') }}
