"""Benchmarks, run by hand: `make bench BENCH=minting`. Each prints ratios against a baseline of the same run."""
