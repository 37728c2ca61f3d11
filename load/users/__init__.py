"""The load kit: users that hold conversations as LivePerson would, and a deployment for them to try (docs/load.md)."""
