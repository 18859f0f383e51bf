"""Everything that moves data: from the source systems through the log into the published warehouse."""
