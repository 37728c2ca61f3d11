"""Accounts as the gateway works with them: checked, defaults merged in, every secret in its place."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from config.sections import Auth, Breaker, CustomEndpoint, Escalation, Features, Hooks, Limits, Retry, Timeouts
from gateway.contract.types import AccountId, BotName, Channel, StructuredContentMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """One bot of an account."""

    name: BotName
    vendor: str
    """A name of vendors.registry.VENDORS."""
    channel: Channel
    settings: BaseModel
    """An instance of the vendor's own settings model."""
    hooks: Hooks
    retry: Retry
    timeouts: Timeouts
    breaker: Breaker | None
    limits: Limits | None
    escalation: Escalation | None
    structured_content: StructuredContentMode
    environments: Mapping[str, BaseModel]
    """Name -> the vendor's settings in that environment. Never empty: `draft` alone when the file names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account file."""

    file: str
    """As it was named: DIR/NAME.yaml."""
    account: AccountId
    auth: Auth | None
    """None: only loopback callers are served."""
    skills: frozenset[str] | None
    """None: a TRANSFER may go to any skill."""
    image_hosts: frozenset[str] | None
    """None: images may come from anywhere."""
    limits: Limits | None
    """Of all its bots together; None: no such limit."""
    bots: Mapping[BotName, Bot]
    features: Features
    custom_endpoint: CustomEndpoint | None
