"""What a hook is told besides its payload: the conversation, the event as it came in, its options, its state, a log."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

import structlog
from structlog.typing import FilteringBoundLogger

from gateway.contract.types import Channel, Json
from gateway.contract.wire import WireError, dumps, reread


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise TypeError("this is read-only; copy.deepcopy gives a copy to change")


class ReadOnlyDict(dict[str, Any]):
    """A dict that refuses every change; made by `read_only`. Copies, deep copies and pickles of it are plain dicts."""

    __slots__ = ()
    __init__ = __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __deepcopy__(self, memo: dict[int, Any]) -> Json:
        copied: Json = plain(self)
        return copied

    def __reduce__(self) -> tuple[type[Json], tuple[Json]]:
        return dict, (plain(self),)


class ReadOnlyList(list[Any]):
    """A list that refuses every change; made by `read_only`. Copies, deep copies and pickles of it are plain lists."""

    __slots__ = ()
    __init__ = __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        copied: list[Any] = plain(self)
        return copied

    def __reduce__(self) -> tuple[type[list[Any]], tuple[list[Any]]]:
        return list, (plain(self),)


def read_only(value: Any) -> Any:
    """Copy a value whose dicts and lists, at every depth, refuse every change; anything else in it is kept as it is."""
    return _rebuild(value, lambda: ReadOnlyDict.__new__(ReadOnlyDict), lambda: ReadOnlyList.__new__(ReadOnlyList))


def plain(value: Any) -> Any:
    """Copy a value with plain dicts and lists at every depth."""
    return _rebuild(value, dict, list)


def _rebuild(value: Any, new_dict: Callable[[], Json], new_list: Callable[[], list[Any]]) -> Any:
    """Copy in depth without recursion: an event may nest deeper than Python's stack allows."""
    todo: list[tuple[Any, Any]] = []

    def start(item: Any) -> Any:
        made: Any
        if isinstance(item, dict):
            made = new_dict()
        elif isinstance(item, list):
            made = new_list()
        else:
            return item
        todo.append((item, made))
        return made

    root = start(value)
    while todo:
        source, made = todo.pop()
        # Through the base classes, whose methods the read-only ones refuse.
        if isinstance(source, dict):
            dict.update(made, {key: start(item) for key, item in source.items()})
        else:
            list.extend(made, [start(item) for item in source])
    return root


NO_OPTIONS: Final[Json] = read_only({})
"""What a hook without `with:` gets."""


class EventSnapshot:
    """The event as it came in. No hook gets hold of the one that the turn works with, and nothing else changes that one."""

    __slots__ = ("_made", "_payload")

    def __init__(self, payload: Json) -> None:
        self._payload = payload
        self._made: Json | None = None

    def read(self) -> Json:
        """Give the event, read-only at every depth; made at the first call, which few hooks make."""
        if self._made is None:
            self._made = read_only(self._payload)
        return self._made


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HookContext:
    """The second argument of every hook. Its repr leaves out whatever may hold the consumer's words."""

    account: str
    """LivePerson's account number."""
    bot: str
    """The bot's name in its account file."""
    vendor: str
    """The vendor's name in the account file: `lex-v2`, `dialogflow-es`, `dialogflow-cx`, `watson-v1`, …"""
    channel: Channel
    """`messaging` or `chat`; compares equal to those strings."""
    conversation_id: str
    """LivePerson's convId."""
    options: Json = field(default_factory=lambda: NO_OPTIONS, repr=False)
    """The `with:` mapping of the account file, read-only."""
    state: Json = field(default_factory=dict, repr=False)
    """Kept for the conversation and shared by all hooks of the bot; JSON only, change it in place."""
    log: FilteringBoundLogger = field(default_factory=structlog.get_logger, repr=False)
    """A structlog logger that already knows account, bot and conversation; give it no message text."""
    snapshot: EventSnapshot = field(default_factory=lambda: EventSnapshot({}), repr=False)
    """Where `event` comes from."""

    @property
    def event(self) -> Json:
        """The event as it came in, before any hook; read-only at every depth, one object for all hooks of a turn."""
        return self.snapshot.read()


class _TurnContext(HookContext):
    """A hook's context within a turn. Most of its fields are filled when they are first looked at, which most hooks never do."""

    __slots__ = ("_scope", "_target")
    __qualname__ = "HookContext"  # its name in its repr

    def __getattr__(self, name: str) -> Any:
        """Fill a field; Python asks here for one that is empty."""
        match name:
            case "account" | "bot" | "vendor" | "channel" | "conversation_id" | "snapshot":
                value = getattr(self._scope, name)
            case "log":
                value = self._scope.get_log().bind(hook=self._target)
            case _:
                raise AttributeError(f"'HookContext' object has no attribute {name!r}", name=name, obj=self)
        object.__setattr__(self, name, value)
        return value


@dataclass(slots=True, kw_only=True, eq=False)
class HookScope:
    """One turn as its hooks see it: made once per turn, handed to each method of the runner."""

    account: str
    bot: str
    vendor: str
    """The vendor's name in the account file."""
    channel: Channel
    conversation_id: str
    event_payload: Json = field(repr=False)
    """The event as it came in; read when the first hook of the turn is about to run."""
    state: Json = field(repr=False)
    """Changed in place by hooks; saved by who made the scope."""
    log: FilteringBoundLogger | None = field(default=None, repr=False)
    """Where the hooks' lines go; made when there is one to write, if it is not given."""
    _snapshot: EventSnapshot | None = field(default=None, init=False, repr=False)
    _state_text: bytes | None = field(default=None, init=False, repr=False)
    """The state when it was last looked at, as it would be saved."""

    @property
    def snapshot(self) -> EventSnapshot:
        """The event for all hooks of the turn."""
        if self._snapshot is None:
            self._snapshot = EventSnapshot(self.event_payload)
        return self._snapshot

    def get_log(self) -> FilteringBoundLogger:
        """Give a logger that knows account, bot and conversation."""
        if self.log is None:
            self.log = structlog.get_logger(
                part="hooks", account=self.account, bot=self.bot, conversation=self.conversation_id
            )
        return self.log

    def make_context(self, target: str, options: Json) -> HookContext:
        """Make the context of one hook."""
        made = object.__new__(_TurnContext)
        fill = object.__setattr__  # past what keeps hooks from it
        fill(made, "_scope", self)
        fill(made, "_target", target)
        fill(made, "options", options)
        fill(made, "state", self.state)
        return made

    def write_state(self) -> bytes:
        """Write what `restore_unless_json` goes back to: the state as the hook before has left it."""
        if self._state_text is None:
            self._state_text = dumps(self.state)
        return self._state_text

    def restore_unless_json(self, before: bytes) -> str | None:
        """Put the state back when it cannot be saved, and say why it cannot."""
        try:
            self._state_text = dumps(self.state)
        except WireError as error:
            self.state.clear()
            self.state.update(reread(before))
            return str(error)
        return None
