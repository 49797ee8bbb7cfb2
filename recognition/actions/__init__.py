"""What can be done here: write rules, follow badges, answer grants, book."""
