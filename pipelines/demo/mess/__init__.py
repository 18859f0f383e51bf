"""What is wrong with the extracts on purpose: what each system knows of a customer, and faults in rows."""
