"""The doors to recognition."""
