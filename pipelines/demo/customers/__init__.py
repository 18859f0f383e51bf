"""Customers: who they are, and what the CRM and the ERP know of them."""
