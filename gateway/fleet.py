"""The bots of all accounts, each made when somebody first asks for it: of ten thousand, a night may see a few hundred."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from config.models import Account
from gateway.bot import Bot
from gateway.bot_maker import BotMaker, MadeBot
from gateway.contract.ports import Vendor
from gateway.contract.types import AccountId, BotName
from gateway.telemetry.logging import get_logger

if TYPE_CHECKING:
    from gateway.resilience.limiter import Limiter

OPENED_AT_ONCE: Final = 4
"""Vendors' clients that are opened ahead at the same time: they share the process's threads with the turns."""

BotKey: TypeAlias = tuple[AccountId, BotName]
T = TypeVar("T")

_log = get_logger("fleet")


class AccountBots(Mapping[BotName, Bot]):
    """One account's bots by name."""

    __slots__ = ("_account", "_limiter", "_made", "_maker")

    def __init__(self, account: Account, maker: BotMaker) -> None:
        self._account = account
        self._maker = maker
        self._limiter: Limiter | None = None
        self._made: dict[BotName, MadeBot] = {}

    def __getitem__(self, name: BotName) -> Bot:
        return self._find(name).bot

    def __iter__(self) -> Iterator[BotName]:
        return iter(self._account.bots)

    def __len__(self) -> int:
        return len(self._account.bots)

    @property
    def has_environments(self) -> bool:
        """Whether the Custom Endpoint can reach these bots."""
        return self._account.custom_endpoint is not None

    def find_environments(self, name: BotName) -> Mapping[str, Bot]:
        """Give a bot's variants by environment. Raise KeyError for no such bot, and where the Custom Endpoint reaches none."""
        if not self.has_environments:
            raise KeyError(name)
        return self._find(name).environments

    def list_made(self) -> Iterator[Bot]:
        """Give the bots that have been made, variants too."""
        for made in self._made.values():
            yield from (made.bot, *made.environments.values())

    def _find(self, name: BotName) -> MadeBot:
        made = self._made.get(name)
        if made is None:
            config = self._account.bots[name]
            if self._limiter is None:
                self._limiter = self._maker.make_limiter(self._account)
            made = self._made[name] = self._maker.make(self._account, config, self._limiter)
        return made


class Fleet:
    """Everything that is served between two reloads."""

    def __init__(self, accounts: Iterable[Account], maker: BotMaker) -> None:
        self.accounts: Mapping[AccountId, AccountBots] = {
            account.account: AccountBots(account, maker) for account in accounts
        }
        self.bots: Mapping[BotKey, Bot] = _ByKey(self.accounts, AccountBots.__getitem__)
        reachable = {name: bots for name, bots in self.accounts.items() if bots.has_environments}
        self.environments: Mapping[BotKey, Mapping[str, Bot]] = _ByKey(reachable, AccountBots.find_environments)

    def list_made(self) -> list[Bot]:
        """Give the bots that have been made, variants too."""
        return [bot for bots in self.accounts.values() for bot in bots.list_made()]

    async def open_all(self) -> None:
        """Make every bot and open its vendor, ahead of the first turn; what goes wrong shows in that turn."""
        keys = iter(self.bots)

        async def open_more() -> None:
            for key in keys:
                account, name = key
                try:
                    for vendor in find_vendors([self.bots[key], *self.environments.get(key, {}).values()]):
                        await vendor.open()
                except Exception as fault:  # noqa: BLE001 - of whatever kind: the bot's own turns are told of it
                    _log.warning("bot-not-opened", account=account, bot=name, exc_info=fault)

        async with asyncio.TaskGroup() as opening:
            for _ in range(OPENED_AT_ONCE):
                opening.create_task(open_more())


class _ByKey(Mapping[BotKey, T]):
    """All bots by account and name, or what belongs to them."""

    __slots__ = ("_accounts", "_find")

    def __init__(self, accounts: Mapping[AccountId, AccountBots], find: Callable[[AccountBots, BotName], T]) -> None:
        self._accounts = accounts
        self._find = find

    def __getitem__(self, key: BotKey) -> T:
        account, name = key
        return self._find(self._accounts[account], name)

    def __iter__(self) -> Iterator[BotKey]:
        return ((account, name) for account, bots in self._accounts.items() for name in bots)

    def __len__(self) -> int:
        return sum(map(len, self._accounts.values()))


def find_vendors(bots: Iterable[Bot]) -> list[Vendor]:
    """List the bots' clients, each once: environments share them."""
    return list({id(bot.vendor): bot.vendor for bot in bots}.values())
