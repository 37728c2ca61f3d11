"""What outlives one event: conversations, their order, and first answers kept for repeats."""
