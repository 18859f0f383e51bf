"""Candidate, audit, swap, rollback."""
