"""The demo company: a simulated CRM and ERP."""
