"""Runs Laurel on one machine: embedded PostgreSQL and Valkey, the web server, the worker and beat.

Production uses none of this: there the same settings come from the environment (docs/operations.md).
"""
