"""What all emulators share: a loopback port, a record of requests, programmed answers and failures."""

from __future__ import annotations

import asyncio
import ipaddress
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Self

import orjson
from aiohttp import web

from emulators import control
from emulators.call import Call, Recorded, VendorError, decode
from emulators.dialogue import Check, Dialogue, Key, Memory, Script, Turn, key_of, load_dialogue
from emulators.faults import KINDS_AFTER_ANSWER, Countdown, Fault, Faults, Heard, Stage
from emulators.spoil import spoil

DIALOGUES = Path(__file__).parent / "dialogues"
MAX_BODY = 4 * 1024 * 1024
KEPT = 10_000
"""How many requests, and sessions of imported bots, are remembered, so that a long load run does not fill the memory."""
SHUTDOWN = 0.1
"""Seconds that requests under way get when the emulator stops; a hanging one would never end by itself."""


Handle = Callable[[Call], Awaitable[web.Response]]


class Emulator(ABC):
    """A vendor on a loopback port. Use as `async with`, or call `start` and `stop`."""

    name: ClassVar[str]
    errors: ClassVar[Mapping[str, int]]
    """The vendor's error names and their status; the first of a status is its default."""
    default_dialogue: ClassVar[str]

    def __init__(
        self,
        dialogue: Dialogue | Path | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        scripts: Mapping[str, Script] | None = None,
    ) -> None:
        """Prepare an emulator; nothing is bound and no file is read before `start`. Port 0 takes any free one.

        `scripts` answer for the bots with these ids; every other bot plays the dialogue.
        """
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise ValueError(f"an emulator listens on loopback only, not on {host}")
        self.requests: list[Recorded] = []
        self.faults = Faults()
        self.clock = clock
        self.sleep = sleep
        self._host = host
        self._port = port
        self._dialogue = dialogue or DIALOGUES / self.default_dialogue
        self._scripts = scripts or {}
        self._memories: OrderedDict[tuple[str, ...], Memory] = OrderedDict()
        self._said: dict[Key, Turn] = {}
        self._scripted: dict[str, Countdown] = {}
        self._runner: web.AppRunner | None = None
        self._url: str | None = None

    @property
    def url(self) -> str:
        """Return the address, such as http://127.0.0.1:40001, once it is bound."""
        if self._url is None:
            raise RuntimeError(f"the {self.name} emulator is not running")
        return self._url

    @property
    def dialogue(self) -> Dialogue:
        """Return the dialogue that is played, once it is loaded."""
        if isinstance(self._dialogue, Path):
            raise RuntimeError(f"the {self.name} emulator has not been started")  # noqa: TRY004 - a matter of time
        return self._dialogue

    async def load(self) -> None:
        """Read the dialogue from its file, unless it is there already."""
        if isinstance(self._dialogue, Path):
            bundled = self._dialogue.parent == DIALOGUES
            load = _load_bundled if bundled else load_dialogue
            self._dialogue = await asyncio.to_thread(load, self._dialogue, self.check_answer)

    async def start(self) -> str:
        """Load the dialogue, listen, and return the address."""
        await self.load()
        app = web.Application(client_max_size=MAX_BODY)
        control.add_routes(app, self)
        self.add_routes(app)
        # A caller who hangs up ends its handler, so that hanging ones do not pile up.
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=SHUTDOWN)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except BaseException:
            await runner.cleanup()
            raise
        # "localhost" may bind two addresses, with port 0 even on two ports: publish one that is really there.
        host, port = runner.addresses[0][:2]
        self._runner, self._url = runner, f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        return self._url

    async def stop(self) -> None:
        """Stop listening and drop whatever is still under way."""
        runner, self._runner, self._url = self._runner, None, None
        if runner is not None:
            await runner.cleanup()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    def say(
        self,
        utterance: str,
        answer: Any = None,
        *,
        event: bool = False,
        raw: bool = False,
        attributes: Mapping[str, Any] | None = None,
        fault: Fault | None = None,
    ) -> None:
        """Answer this utterance (or event, by its name) like that from now on, whatever the dialogue says.

        The answer is in the vendor's own format and is checked (ValueError) and completed like that of a dialogue,
        or with `raw` sent exactly as given, good or bad.
        """
        if not raw and not (answer is None and fault is not None):
            self.check_answer(answer)
        key = key_of(Heard(event=utterance) if event else Heard(text=utterance))
        name = f"said {key[0]} {key[1]}"
        self._said[key] = Turn(name, answer, attributes or {}, fault, raw)
        self._scripted.pop(name, None)

    def clear(self) -> None:
        """Forget recorded requests, programmed faults and answers. Tokens and sessions stay valid."""
        self.requests.clear()
        self.faults.clear()
        self._said.clear()
        self._scripted.clear()

    @abstractmethod
    def add_routes(self, app: web.Application) -> None:
        """Add the vendor's routes, each wrapped in `staged`."""

    @abstractmethod
    def hear(self, body: Any) -> Heard:
        """Find what was said in a message's body, whatever that body is."""

    @staticmethod
    @abstractmethod
    def check_answer(answer: Any) -> None:
        """Raise ValueError unless the vendor could answer like this."""

    @abstractmethod
    def error_body(self, status: int, name: str, message: str) -> Any:
        """Return the body of the vendor's error answer."""

    def error_headers(self, name: str) -> Mapping[str, str]:  # noqa: ARG002 - for those vendors that name errors there
        """Return headers that the vendor adds to an error answer."""
        return {}

    def headers(self) -> Mapping[str, str]:
        """Return headers that the vendor adds to every answer."""
        return {}

    def find_turn(self, call: Call, bot: str = "", memory: Memory | None = None) -> Turn:
        """Choose the turn for what was said to a bot in a session, and note it in the call."""
        call.turn = self.find_heard(call.heard, bot, memory)
        return call.turn

    def find_heard(self, heard: Heard, bot: str = "", memory: Memory | None = None) -> Turn:
        """Choose the turn for what was said to a bot in a session."""
        said = self._said.get(key_of(heard))
        if said is not None:
            return said
        script = self._scripts.get(bot)
        return (self.dialogue if script is None else script).play(heard, memory or Memory())

    def remember(self, *session: str, name: str = "", lifetime: float | None = None) -> Memory:
        """Return the memory of a session; a new one for a session unknown, or silent for `lifetime` seconds."""
        now = self.clock()
        memory = self._memories.pop(session, None)
        if memory is None or (lifetime is not None and now - memory.now >= lifetime):
            memory = Memory(session=name)
        memory.now = now
        self._memories[session] = memory
        if len(self._memories) > KEPT:
            self._memories.popitem(last=False)
        return memory

    def reply(self, payload: Any, status: int = 200) -> web.Response:
        """Build a good answer."""
        return web.Response(
            body=orjson.dumps(payload), status=status, content_type="application/json", headers=self.headers()
        )

    def staged(self, stage: Stage, handle: Handle) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """Wrap a handler: record the request, then let it answer or fail as programmed."""

        async def answer(request: web.Request) -> web.StreamResponse:
            raw = await request.read()
            body = decode(request.content_type, raw)
            call = Call(request, raw, body, self.hear(body) if stage == "message" else Heard())
            path = request.raw_path.partition("?")[0]
            if len(self.requests) >= KEPT:
                del self.requests[0]
            self.requests.append(
                Recorded(request.method, path, request.query, request.headers, body, self.clock(), stage, call.heard)
            )
            fault = self.faults.take(stage, call.heard)
            if fault is not None and fault.kind not in KINDS_AFTER_ANSWER:
                return await self._fail(request, fault, self.reply({}))
            response = await self._respond(handle, call)
            fault = fault or self._scripted_fault(call.turn)
            return response if fault is None else await self._fail(request, fault, response)

        return answer

    async def _respond(self, handle: Handle, call: Call) -> web.Response:
        try:
            return await handle(call)
        except VendorError as error:
            return self._error(error)

    def _error(self, error: VendorError, body: Any = None) -> web.Response:
        status = error.status or self.errors.get(error.name or "", 500)
        name = error.name or next((name for name, of in self.errors.items() if of == status), "Error")
        payload = self.error_body(status, name, error.message) if body is None else body
        response = self.reply(payload, status)
        response.headers.update(self.error_headers(name))
        response.headers.update(error.headers)
        return response

    def _scripted_fault(self, turn: Turn | None) -> Fault | None:
        if turn is None or turn.fault is None:
            return None
        return self._scripted.setdefault(turn.name, Countdown(turn.fault)).take()

    async def _fail(self, request: web.Request, fault: Fault, response: web.Response) -> web.StreamResponse:
        """Do what the fault says with what would have been a good answer."""
        if fault.delay:
            await self.sleep(fault.delay)
        if fault.kind == "status":
            return self._error(VendorError(fault.status, fault.error, fault.message, fault.headers), fault.body)
        return await spoil(request, fault, response)


@cache
def _load_bundled(path: Path, check: Check) -> Dialogue:
    """Read a dialogue that comes with the package; it does not change, and reading one takes a tenth of a second."""
    return load_dialogue(path, check)
