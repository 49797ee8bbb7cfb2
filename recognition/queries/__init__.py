"""What can be read here. Nothing in this package writes."""
