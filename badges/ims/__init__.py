"""The Open Badges 3.0 API (section 6): what wallets and other hosts read and write for a person who let them in."""
