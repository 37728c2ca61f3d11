"""What the console shows of the bots, kept in the store: counts, latencies, states, errors."""
