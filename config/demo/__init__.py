"""The demo: a story told by calling the product's own actions, at the times when they would have happened."""
