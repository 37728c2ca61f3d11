"""One request through the shared aiohttp session: an answer, or a TransportFailure that says how far the request got.

The transport knows best whether a failure is safe to repeat, so it says so here. Vendors give the failure their own code.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, NamedTuple

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from gateway.contract.errors import FailureKind
from gateway.contract.wire import WireError, loads
from vendors.exchange import Origin, TransportFailure, exchange, find_origin

MAX_ANSWER: Final = 4 * 1024 * 1024
"""Bytes of a vendor's answer; a larger one is refused, not buffered."""
MAX_CONNECT: Final = 5.0
"""Seconds for name look-up, connect and TLS together."""
MAX_RETRY_AFTER: Final = 86400.0
"""Seconds; a sender that names more is read as a day, which no turn waits for either."""


class HttpAnswer(NamedTuple):
    """A whole HTTP answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Decode the body. Raise WireError."""
        return loads(self.body)

    def json_object(self) -> dict[str, Any] | None:
        """Decode the body where it is a JSON object, None otherwise: for error bodies, which may be anything."""
        try:
            value = loads(self.body)
        except WireError:
            return None
        return value if isinstance(value, dict) else None

    @property
    def retry_after(self) -> float | None:
        """Seconds that the sender asks to wait (`Retry-After`: seconds or a date), None when it does not say."""
        return parse_retry_after(self.headers.get("Retry-After"), now=datetime.now(UTC))


def parse_retry_after(value: str | None, *, now: datetime) -> float | None:
    """Read a Retry-After header: seconds or an HTTP date (RFC 9110 section 10.2.3), a day at most; nonsense is None."""
    if value is None:
        return None
    # Not isdigit alone: it takes superscripts too, which float() does not.
    if value.strip().isascii() and value.strip().isdigit():
        return min(float(value), MAX_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), MAX_RETRY_AFTER)


async def send(
    session: aiohttp.ClientSession,
    method: str,
    url: URL | str,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
    timeout: float,  # noqa: ASYNC109 - the limit of one attempt
) -> HttpAnswer:
    """Send one request and read the whole answer within `timeout` seconds. Raise TransportFailure. Redirects are answers."""
    try:
        address = URL(url) if isinstance(url, str) else url
        origin = find_origin(session, address)
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, ValueError) as error:
        raise TransportFailure(FailureKind.REFUSED, "not a URL that can be called") from error
    return await send_to(origin, method, address.raw_path_qs, headers=headers, body=body, timeout=timeout)


async def send_to(
    origin: Origin,
    method: str,
    target: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
    timeout: float,  # noqa: ASYNC109 - the limit of one attempt
) -> HttpAnswer:
    """Send one request as `send` does, for those who know where they send: `target` is a path and query, quoted."""
    try:
        status, named, content = await exchange(
            origin,
            method,
            target,
            headers=headers,
            body=body,
            timeout=timeout,
            connect=min(MAX_CONNECT, 0.8 * timeout),
            max_answer=MAX_ANSWER,
        )
    except aiohttp.ConnectionTimeoutError as error:
        raise TransportFailure(FailureKind.NOT_SENT, "no connection in time") from error
    except TimeoutError as error:
        # Before ClientError: aiohttp's ServerTimeoutError is both.
        raise TransportFailure(FailureKind.TIMED_OUT, "no answer in time") from error
    except aiohttp.ClientConnectorError as error:
        raise TransportFailure(FailureKind.NOT_SENT, f"no connection ({type(error).__name__})") from error
    except aiohttp.ClientError as error:
        raise TransportFailure(FailureKind.CUT, f"the connection broke ({type(error).__name__})") from error
    except HttpProcessingError as error:
        raise TransportFailure(FailureKind.CUT, "the connection broke (not HTTP)") from error
    except ValueError as error:
        # A host that no name look-up takes (`a..b`), or a line break in a header: seen before anything is sent.
        raise TransportFailure(FailureKind.REFUSED, "not a request that can be sent") from error

    return HttpAnswer(status, named, content)
