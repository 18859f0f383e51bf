"""From a delivery of a source to a batch of the log."""
