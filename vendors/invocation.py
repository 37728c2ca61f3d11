"""Call a LivePerson Function from outside, with a token that is renewed once when it is refused.

docs/contract/function.md, "External invocation of a function"; docs/contract/errors.md section 10. Bots and hooks share this.
"""

import re
from typing import Any, Final

import aiohttp

from gateway.contract.errors import FailureKind
from gateway.contract.ports import Clock
from gateway.contract.types import Json
from gateway.contract.wire import dumps_to_hold
from vendors.addresses import FunctionAddress
from vendors.client_credentials import TokenFailure, TokenSource
from vendors.http import HttpAnswer, send

REFUSED_TOKEN: Final = frozenset({401, 403})
PLATFORM: Final = "com.liveperson.faas."
"""Before every code of the platform."""
_CODE: Final = re.compile(r"com\.liveperson\.faas\.[A-Za-z0-9.-]{1,80}")


class FunctionInvoker:
    """One function of an account, called as one client."""

    def __init__(
        self,
        address: FunctionAddress,
        *,
        http: aiohttp.ClientSession,
        clock: Clock,
        token_http: aiohttp.ClientSession | None = None,
    ) -> None:
        """Take the session for the calls, and one for the tokens where that is another."""
        self._url = address.find_invoke_url()
        self._http = http
        self._clock = clock
        self._tokens = TokenSource(
            address.find_token_url(), address.client_id, address.client_secret, http=token_http or http, clock=clock
        )

    async def invoke(self, payload: Json, *, timeout: float) -> HttpAnswer:  # noqa: ASYNC109 - the limit of one attempt
        """Give the platform's answer, whatever its status, within `timeout` seconds. Raise TokenFailure, TransportFailure."""
        end = self._clock.monotonic() + timeout
        body = dumps_to_hold({"headers": [], "payload": payload, "timestamp": int(self._clock.time() * 1000)})
        token = await self._tokens.get(timeout=timeout)
        answer = await self._post(token, body, end)
        if answer.status in REFUSED_TOKEN:
            self._tokens.reject(token)
            answer = await self._post(await self._tokens.get(timeout=self._find_left(end)), body, end)
        return answer

    async def _post(self, token: str, body: bytes, end: float) -> HttpAnswer:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return await send(self._http, "POST", self._url, headers=headers, body=body, timeout=self._find_left(end))

    def _find_left(self, end: float) -> float:
        """Give the seconds that are left. Raise TokenFailure when there are none: tokens have taken them all."""
        left = end - self._clock.monotonic()
        if left <= 0:
            raise TokenFailure(FailureKind.NOT_SENT, "the token endpoint left no time for the call")
        return left


def read_platform_code(answer: HttpAnswer) -> str | None:
    """Find the platform's own name of a failure, `com.liveperson.faas.…`; None where there is none."""
    code: Any = (answer.json_object() or {}).get("errorCode")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else None
