"""Whom the load is sent to: accounts, their bots, and what opens the doors to them (docs/load.md "Against a deployment")."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, SecretStr, model_validator

from config.problems import ConfigProblems, Problem
from load.users.files import Section, read_model

DoorName: TypeAlias = Literal["events", "endpoint"]
ChannelName: TypeAlias = Literal["messaging", "chat"]
Name: TypeAlias = Annotated[str, Field(pattern="^[A-Za-z0-9-]{1,36}$")]
Address: TypeAlias = Annotated[str, Field(pattern="^https?://[^/]")]

VARIABLES = ("BOTBRIDGE_LOAD_ACCOUNT", "BOTBRIDGE_LOAD_BOTS", "BOTBRIDGE_LOAD_KEY")
"""Stand in for a file when there is but one account: its number, its bots separated by commas, its API key."""


class BotSection(Section):
    """One bot."""

    name: Name
    vendor: str = ""
    """A label for the report; the bot's name when it is empty."""
    channel: ChannelName = "messaging"
    doors: list[DoorName] = Field(["events"], min_length=1)
    environment: str = "draft"
    """Of the Custom Endpoint."""
    weight: float = Field(1.0, gt=0)
    """Its share of the conversations, beside the other bots' weights."""


class EndpointSection(Section):
    """The application with which tokens for the Custom Endpoint are asked for."""

    token_url: Address
    client_id: str
    client_secret: SecretStr


class AccountSection(Section):
    """One account."""

    account: Name
    key: SecretStr | None = None
    """API key; None for an account that is open to callers on the gateway's machine."""
    endpoint: EndpointSection | None = None
    bots: list[BotSection] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_doors(self) -> Self:
        if self.endpoint is None and any("endpoint" in bot.doors for bot in self.bots):
            raise ValueError("a bot's door is 'endpoint', and the account has no endpoint section to get tokens with")
        return self


class TargetsFile(Section):
    """The whole file."""

    accounts: list[AccountSection] = Field(min_length=1)
    baseline: Address | None = None
    """A service that speaks the custom integration and answers as the bots' vendors do: now and then it is asked itself, so
    that the time that the gateway adds can be told from the vendor's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application at Sentinel, and where it gets its tokens."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One bot behind one door."""

    account: str
    bot: str
    vendor: str
    door: DoorName
    channel: ChannelName
    weight: float
    environment: str = "draft"
    key: str | None = field(default=None, repr=False)
    application: Application | None = None
    """Set for the door `endpoint`."""


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets, and the vendor that may be asked itself."""

    bots: tuple[Target, ...]
    baseline: str | None = None


def load_targets(path: Path | None, environ: Mapping[str, str]) -> Targets:
    """Read the targets' file, or without one the three VARIABLES. Raise ConfigProblems."""
    if path is None:
        return _read_environment(environ)
    file = read_model(path, TargetsFile, environ)
    return Targets(tuple(target for account in file.accounts for target in _flatten(account)), file.baseline)


def _flatten(account: AccountSection) -> Iterator[Target]:
    for bot in account.bots:
        for door in bot.doors:
            yield Target(
                account=account.account,
                bot=bot.name,
                vendor=bot.vendor or bot.name,
                door=door,
                channel=bot.channel,
                weight=bot.weight / len(bot.doors),
                environment=bot.environment,
                key=None if account.key is None else account.key.get_secret_value(),
                application=_find_application(account) if door == "endpoint" else None,
            )


def _find_application(account: AccountSection) -> Application | None:
    section = account.endpoint
    if section is None:
        return None
    return Application(
        token_url=section.token_url,
        client_id=section.client_id,
        client_secret=section.client_secret.get_secret_value(),
    )


def _read_environment(environ: Mapping[str, str]) -> Targets:
    account, bots, key = (environ.get(name, "") for name in VARIABLES)
    names = [name.strip() for name in bots.split(",") if name.strip()]
    if not account or not names:
        text = (
            f"there is no file (--targets), and {VARIABLES[0]} and {VARIABLES[1]} do not name an account and its bots"
        )
        raise ConfigProblems([Problem("environment", 1, "(targets)", text)])
    return Targets(
        tuple(
            Target(
                account=account, bot=name, vendor=name, door="events", channel="messaging", weight=1.0, key=key or None
            )
            for name in names
        )
    )
