"""IBM Watson Assistant."""
