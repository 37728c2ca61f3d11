"""When LivePerson's connector asks again, and after what pause.

docs/contract/custom-endpoint.md "Status codes, retries, timeouts".
"""

from typing import Final

PAUSES: Final = (5.0, 10.0, 15.0)
"""Seconds before each further try after a 5xx, or no answer."""
SHORTEST: Final = 1.0
"""Seconds after a 429, whatever `Retry-After` says."""


def next_pause(status: int, tries: int, retry_after: str | None) -> float | None:
    """Say how long to wait before asking again after so many tries; None for not at all. Status 0 stands for no answer."""
    if tries > len(PAUSES):
        return None
    if status == 429:
        return max(SHORTEST, float(retry_after) if retry_after and retry_after.isdecimal() else 0.0)
    if status == 0 or status >= 500:
        return PAUSES[tries - 1]
    return None
