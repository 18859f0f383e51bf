{{ conform('gl_account') }}
