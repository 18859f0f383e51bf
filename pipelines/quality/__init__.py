"""Contracts at the door, and what breaks them."""
