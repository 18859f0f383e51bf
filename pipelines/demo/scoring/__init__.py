"""The warehouse beside the truth."""
