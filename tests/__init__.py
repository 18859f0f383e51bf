"""The promises of Concord, each held by a test."""
