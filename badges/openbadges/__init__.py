"""Open Badges 3.0 without database or network: keys, proofs, documents, status lists, baking, verification."""
