"""The doors to badges."""
