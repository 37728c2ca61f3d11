"""Keep equal things once: most bots of a gateway have the same patience, limits and escalation."""

from typing import Any, TypeVar

T = TypeVar("T")


class Sharing:
    """Remembers what it has been shown."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def share(self, value: T) -> T:
        """Give the first value that was equal to this one: for values that cannot be changed and can be hashed."""
        shared: T = self._known.setdefault(value, value)
        return shared
