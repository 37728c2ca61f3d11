"""Exports of real bots: read them, and play them."""
