"""Hooks that are not Python: a service behind a URL, or a LivePerson Function, called with what the hook would get.

docs/contract/hooks.md: a pre or post hook gets the payload and must give it back, changed or not. So an answer without a
payload is a failed hook, never "as it was": a guard that breaks must not let everything through. What an error hook
answers is not read.
"""

from typing import NamedTuple, Protocol

import aiohttp
from yarl import URL

from config.sections import Hooks
from config.sections import HookSpec as HookSection
from gateway.contract.callables import CallableFailed
from gateway.contract.ports import Clock
from gateway.contract.types import Json
from gateway.contract.wire import WireError, dumps
from hooks.loader import Hook, HookSpec, load_hook
from vendors.addresses import FunctionAddress
from vendors.exchange import TransportFailure
from vendors.guarded import GuardedSessions, is_out_of_reach
from vendors.http import HttpAnswer, send
from vendors.invocation import FunctionInvoker, read_platform_code


class _Target(Protocol):
    async def send(self, payload: Json, timeout: float) -> HttpAnswer:  # noqa: ASYNC109 - one call's limit
        """Give the answer to one call, whatever its status. Raise TransportFailure."""


class _UrlTarget:
    """Gets the payload as the body of a POST."""

    def __init__(self, url: str, headers: dict[str, str], http: aiohttp.ClientSession) -> None:
        self._url = url
        self._headers = headers | {"Content-Type": "application/json"}
        self._http = http

    async def send(self, payload: Json, timeout: float) -> HttpAnswer:  # noqa: ASYNC109 - as in the protocol
        body = dumps(payload)
        return await send(self._http, "POST", self._url, headers=self._headers, body=body, timeout=timeout)


class _LambdaTarget:
    """Gets the payload as `input.payload`."""

    def __init__(self, invoker: FunctionInvoker) -> None:
        self._invoker = invoker

    async def send(self, payload: Json, timeout: float) -> HttpAnswer:  # noqa: ASYNC109 - as in the protocol
        return await self._invoker.invoke(payload, timeout=timeout)


class RemoteHook:
    """Calls a target, and reads what it gives back."""

    def __init__(self, target: _Target, *, result_counts: bool) -> None:
        self._target = target
        self._result_counts = result_counts

    async def __call__(self, payload: Json, *, timeout: float) -> object:  # noqa: ASYNC109 - one call's limit
        """Give the hook's result, None where it does not count. Raise CallableFailed."""
        try:
            answer = await self._target.send(payload, timeout)
        except TransportFailure as failure:
            if is_out_of_reach(failure):
                raise CallableFailed(
                    "was not called: its host is a private one that allow_private does not list"
                ) from None
            raise CallableFailed(f"could not be called: {failure.what}", timed_out=_is_late(failure)) from None
        if not 200 <= answer.status < 300:
            code = read_platform_code(answer)
            raise CallableFailed(f"answered with HTTP {answer.status}" + (f", {code}" if code else ""))
        return _read_result(answer) if self._result_counts else None


def name_hook(spec: HookSection) -> str:
    """Name a hook as people are told of it."""
    if spec.use is not None:
        return spec.use
    if (address := spec.find_address()) is not None:
        return f"lambda {address.lambda_uuid}"
    # No more than the host: with many services the path of a hook is its password.
    return str(URL(spec.url or "").origin())


class HooksByKind(NamedTuple):
    """A bot's hooks, in the order of the account file."""

    pre: list[Hook]
    post: list[Hook]
    error: list[Hook]


class HookMaker:
    """Makes a bot's hooks from its account file, those in Python too."""

    def __init__(self, sessions: GuardedSessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    def make(self, hooks: Hooks) -> HooksByKind:
        """Make the hooks of each kind. Raise CallableNotFound."""
        private = frozenset(hooks.allow_private)
        return HooksByKind(
            pre=[self._make_one(spec, private, result_counts=True) for spec in hooks.pre],
            post=[self._make_one(spec, private, result_counts=True) for spec in hooks.post],
            error=[self._make_one(spec, private, result_counts=False) for spec in hooks.error],
        )

    def _make_one(self, spec: HookSection, private: frozenset[str], *, result_counts: bool) -> Hook:
        if spec.use is not None:
            return load_hook(HookSpec(spec.use, spec.options))
        if (address := spec.find_address()) is not None:
            target: _Target = self._aim_at_function(address, private)
        else:
            target = self._aim_at_url(spec, private)
        return Hook(name_hook(spec), RemoteHook(target, result_counts=result_counts), remote=True)

    def _aim_at_url(self, spec: HookSection, private: frozenset[str]) -> _Target:
        headers = {name: value.get_secret_value() for name, value in spec.headers.items()}
        url = spec.url or ""
        return _UrlTarget(url, headers, self._sessions.choose(URL(url).host, private_hosts=private))

    def _aim_at_function(self, address: FunctionAddress, private: frozenset[str]) -> _Target:
        http, token_http = (
            self._sessions.choose(url.host, private_hosts=private)
            for url in (address.find_invoke_url(), address.find_token_url())
        )
        return _LambdaTarget(FunctionInvoker(address, http=http, token_http=token_http, clock=self._clock))


def _read_result(answer: HttpAnswer) -> object:
    if not answer.body.strip():
        raise CallableFailed("gave nothing back, not even the payload as it was")
    try:
        result: object = answer.json()
    except WireError as error:
        raise CallableFailed(f"gave back what is {error}") from None
    if result is None:
        raise CallableFailed("gave null back, not the payload")
    return result


def _is_late(failure: BaseException | None) -> bool:
    """Say whether time ran out, be it before the connection stood or at the token endpoint."""
    while failure is not None and not isinstance(failure, TimeoutError):
        failure = failure.__cause__
    return failure is not None
