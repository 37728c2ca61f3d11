"""Play LivePerson's servers: the domain API, Sentinel (tokens and keys), and Functions' external invocation.

docs/contract/function.md "External invocation of a function", docs/contract/errors.md section 10.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any, ClassVar

from aiohttp import web
from yarl import URL

from emulators.call import Call, VendorError
from emulators.function import FunctionEmulator
from emulators.sentinel import INVOKE_SCOPE, Sentinel, SigningKey, TokenRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulators.faults import Heard

CODE = "com.liveperson.faas."


class CustomFailure(Exception):
    """What a function raises to call back with an error: `handler.custom-failure`."""


class LivePersonEmulator(FunctionEmulator):
    """LivePerson's side of one region, all services on one port.

    Functions are given by UUID: a callable of the input {headers, payload, timestamp}, plain or async, or the value that it
    always returns. Without any, every UUID plays the dialogue (the one of the function emulator).
    """

    name = "liveperson"
    errors: ClassVar[Mapping[str, int]] = {
        CODE + "es.badinput": 400,
        CODE + "es.notdeployed": 404,
        CODE + "es.missinglambda": 404,
        CODE + "handler.executiontime-exceeded": 408,
        CODE + "es.general": 500,
        CODE + "fm.general": 500,
        CODE + "es.unavailable": 502,
        CODE + "fm.unavailable": 504,
        CODE + "handler.custom-failure": 901,
        CODE + "handler.runtime-exception": 901,
        CODE + "handler.log-limit-reached": 901,
    }

    def __init__(
        self,
        *args: Any,
        functions: Mapping[str, Any] | None = None,
        sentinel: Sentinel | None = None,
        **options: Any,
    ) -> None:
        """Take the functions; `sentinel` (with its applications and keys) is made at the start unless it is given."""
        super().__init__(*args, **options)
        self.functions = functions
        self._sentinel = sentinel

    @property
    def sentinel(self) -> Sentinel:
        """Return who signs the tokens, once the emulator has been started."""
        if self._sentinel is None:
            raise RuntimeError("the liveperson emulator has not been started")
        return self._sentinel

    async def load(self) -> None:
        """Read the dialogue, and make a key."""
        await super().load()
        if self._sentinel is None:
            self._sentinel = await asyncio.to_thread(Sentinel.generate)

    async def rotate_key(self, *, keep: bool = True) -> None:
        """Sign with a new key from now on; without `keep` the older ones are withdrawn."""
        self.sentinel.rotate(await asyncio.to_thread(SigningKey.generate), keep=keep)

    @property
    def jwks_url(self) -> str:
        """Return where the keys are."""
        return f"{self.url}/sentinel/well-known/jwks"

    def token_url(self, account: str) -> str:
        """Return where tokens are asked for."""
        return f"{self.url}/sentinel/api/v2/account/{account}/app/token"

    def add_routes(self, app: web.Application) -> None:
        """Add every service. Faults of the stage `token` strike the tokens, of `session` the keys and the domain API."""
        domains = self.staged("session", self._list_domains)
        app.router.add_get("/api/account/{account}/service/baseURI.json", domains)
        for version in ("", "v2/"):
            token = f"/sentinel/api/{version}account/{{account}}/app/token"
            app.router.add_post(token, self.staged("token", self._issue))
            invoke = f"/api/{version}account/{{account}}/lambdas/{{uuid}}/invoke"
            app.router.add_route("*", invoke, self.staged("message", self._invoke))
        app.router.add_get("/sentinel/well-known/jwks", self.staged("session", self._publish))

    def hear(self, body: Any) -> Heard:
        """Return what the event in `payload` says."""
        return super().hear(body.get("payload") if isinstance(body, dict) else None)

    def error_body(self, status: int, name: str, message: str) -> Any:  # noqa: ARG002 - the platform does not repeat it
        """Return the platform's error shape."""
        return {"errorCode": name, "errorMsg": message}

    async def _list_domains(self, call: Call) -> web.Response:
        host = URL(self.url).authority
        entry = {"account": call.params["account"], "baseURI": host}
        return self.reply({"baseURIs": [{"service": service, **entry} for service in ("sentinel", "faasGW")]})

    async def _publish(self, _call: Call) -> web.Response:
        return self.reply(self.sentinel.jwks())

    async def _issue(self, call: Call) -> web.Response:
        try:
            return self.reply(self.sentinel.issue(call.params["account"], call.body, self.clock()))
        except TokenRefused as refused:
            raise VendorError(refused.status, None, str(refused)) from None

    async def _invoke(self, call: Call) -> web.Response:
        if call.request.method != "POST":
            raise VendorError(405, None, "only POST is understood", {"Allow": "POST"})
        authorization = call.request.headers.get("Authorization", "")
        try:
            self.sentinel.check(authorization, call.params["account"], INVOKE_SCOPE, self.clock())
        except TokenRefused as refused:
            raise VendorError(refused.status, None, str(refused)) from None
        body = call.object()
        if missing := {"headers", "payload", "timestamp"} - body.keys():
            raise VendorError(400, None, f"the body lacks {', '.join(sorted(missing))}")
        result = await self._run(call, body)
        return web.Response() if result is None else self.reply(result)

    async def _run(self, call: Call, body: dict[str, Any]) -> Any:
        if self.functions is None:
            return self.find_turn(call).answer
        uuid = call.params["uuid"]
        if uuid not in self.functions:
            raise VendorError(None, CODE + "es.missinglambda", f"there is no function {uuid}")
        function = self.functions[uuid]
        if not callable(function):
            return function
        try:
            result = function(body)
            return await result if inspect.isawaitable(result) else result
        except CustomFailure as failure:
            raise VendorError(None, CODE + "handler.custom-failure", str(failure)) from None
        except Exception as error:  # noqa: BLE001 - whatever a function raises is its own failure
            raise VendorError(None, CODE + "handler.runtime-exception", str(error)) from None
