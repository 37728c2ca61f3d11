"""Moments as the console shows them."""

from datetime import UTC, datetime


def write_time(seconds: float) -> str:
    """Write seconds since 1970 in ISO 8601, UTC, with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
