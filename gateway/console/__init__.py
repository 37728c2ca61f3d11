"""The console: people in a browser talk to bots, see why they answered so, and see whether they are well."""
