"""Prefect flows, thin."""
