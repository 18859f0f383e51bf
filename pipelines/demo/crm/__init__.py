"""The CRM at work: campaigns, leads, opportunities, quotes, activities and cases."""
