"""Questions to the marts: SQL with bound parameters, one module a subject."""
