"""What the console shows of the bots, kept in the store: counts, latencies, states, errors; `gateway.figures.keeping` is the front."""
