"""Order to cash: orders, deliveries, invoices, returns."""
