"""Hooks: other people's code around the vendor call."""
