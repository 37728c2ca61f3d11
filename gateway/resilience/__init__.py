"""Deadlines, retries, circuits and limits."""
