"""Employees, their pay, and who of them uses the CRM."""
